import http, { type Agent } from 'node:http';
import https from 'node:https';

/** Returns the agent for a request. */
export type AgentOf = (url: URL) => Agent;

/**
 * Milliseconds until an idle connection is closed: less than the 5 s of Node's servers, so that few requests meet a connection
 * that its server is closing.
 */
const IDLE_MS = 4_000;

/**
 * Creates a keep-alive agent for each protocol, at its first use.
 *
 * They use the proxy of the environment if Node does then, by `NODE_USE_ENV_PROXY=1`, `--use-env-proxy` or
 * `http.setGlobalProxyFromEnv()` (Node 24).
 */
export function keepAliveAgents(): AgentOf {
  let httpAgent: Agent | undefined;
  let httpsAgent: Agent | undefined;
  return ({ protocol }) =>
    protocol === 'https:'
      ? (httpsAgent ??= new https.Agent(options()))
      : (httpAgent ??= new http.Agent(options()));
}

const options = (): object => ({
  keepAlive: true,
  scheduling: 'lifo',
  timeout: IDLE_MS,
  // Not in the types of older versions of Node.
  proxyEnv: (http.globalAgent as { readonly options?: { readonly proxyEnv?: object } }).options?.proxyEnv,
});
