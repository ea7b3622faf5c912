/**
 * The relay for `node:http`, Express, Fastify and Nest. Node only.
 *
 * @module rxjs-chat-completions/relay/node
 */

export { toNode, type NodeRequestHandler } from './toNode';
export type { NodeRequest } from './toRequest';
