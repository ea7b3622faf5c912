// For bundlers, in place of failures.ts: `browser` in package.json. A browser does not reveal why it could not connect.

/**
 * A reason for which a fetch fails.
 *
 * The test is of the codes and messages of the error and its causes, in the words of Node (undici), Deno (hyper, rustls), Bun and
 * browsers. The code is for a runtime that has none of Node's.
 */
export type Failure = readonly [test: RegExp, reason: string, code?: string];

/** Mistakes in the address. */
export const MISTAKES: readonly Failure[] = [
  [/ERR_INVALID_URL|parse URL|Invalid URL/i, 'fetch does not accept the URL: use an absolute baseURL'],
];

/** Failures of the network and of the server: none that a browser names. */
export const BREAKS: readonly Failure[] = [];
