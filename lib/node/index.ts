/**
 * A transport over `node:http` and `node:https`. Node only.
 *
 * @module rxjs-chat-completions/node
 */

export { nodeTransport, type NodeTransportOptions } from './nodeTransport';
