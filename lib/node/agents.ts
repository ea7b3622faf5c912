import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** Returns the agent for a request. */
export type AgentOf = (url: URL) => HttpAgent;

/**
 * Milliseconds until an idle connection is closed: less than the 5 s of Node's servers, so that few requests meet a connection
 * that its server is closing.
 */
const IDLE_MS = 4_000;

/** Creates a keep-alive agent for each protocol, at its first use. */
export function keepAliveAgents(): AgentOf {
  let http: HttpAgent | undefined;
  let https: HttpsAgent | undefined;
  const options = { keepAlive: true, scheduling: 'lifo', timeout: IDLE_MS } as const;
  return ({ protocol }) =>
    protocol === 'https:' ? (https ??= new HttpsAgent(options)) : (http ??= new HttpAgent(options));
}
