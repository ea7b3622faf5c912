// For bundlers, in place of failures.ts: `browser` in package.json. A browser does not reveal why it could not connect.

import type { ChatTimeoutError } from '../errors';

/**
 * A reason for which a fetch fails.
 *
 * The test is of the codes and messages of the error and its causes, in the words of Node (undici), Deno (hyper, rustls), Bun and
 * browsers. The code is for a runtime that has none of Node's.
 */
export type Failure = readonly [test: RegExp, reason: string, code?: string];

/** Returns the mistake in the address or in the set-up that the texts of an error name: none in a browser. */
export const mistakeIn: (texts: string) => Failure | undefined = () => undefined;

/** Returns the failure of the network or of the server that the texts of an error name: none in a browser. */
export const breakIn: (texts: string) => Failure | undefined = () => undefined;

/** Returns the error for a fetch that has no head in time: none in a browser. */
export const headTimeout: (error: unknown) => ChatTimeoutError | undefined = () => undefined;

/** Returns what to do at a code of the system: a browser has none. */
export const hintForCode: (code: string | null, isOllama: boolean) => string | undefined = () => undefined;
