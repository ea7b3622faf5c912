import { Agent as HttpAgent, globalAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** Returns the agent for a request. */
export type AgentOf = (url: URL) => HttpAgent;

/**
 * Milliseconds until an idle connection is closed: less than the 5 s of Node's servers, so that few requests meet a connection
 * that its server is closing.
 */
const IDLE_MS = 4_000;

/**
 * Creates a keep-alive agent for each protocol, at its first use.
 *
 * They use the proxy of the environment if Node does, by `NODE_USE_ENV_PROXY=1` or `--use-env-proxy` (Node 24).
 */
export function keepAliveAgents(): AgentOf {
  let http: HttpAgent | undefined;
  let https: HttpsAgent | undefined;
  // Not in the types of older versions of Node.
  const { options: { proxyEnv } = {} } = globalAgent as { readonly options?: { readonly proxyEnv?: object } };
  const options: object = { keepAlive: true, scheduling: 'lifo', timeout: IDLE_MS, proxyEnv };
  return ({ protocol }) =>
    protocol === 'https:' ? (https ??= new HttpsAgent(options)) : (http ??= new HttpAgent(options));
}
