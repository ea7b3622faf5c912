import { map, tap, type MonoTypeOperatorFunction } from 'rxjs';

import { canonicalJson } from '../../codec/canonicalJson';
import type { ChatRequest } from '../../request/ChatRequest';
import { reusedKey } from './logRefusal';
import type { LogEvent } from './StreamLog';

/** The beginning of a comment, which readers of events skip. */
const COMMENT = ': request ';

/** Adds the fingerprint of a request to its answer: the first event begins with a comment that has it. */
export const withFingerprint = (fingerprint: string): MonoTypeOperatorFunction<string> =>
  map((text, i) => (i === 0 ? `${COMMENT}${fingerprint}\n${text}` : text));

/** Errors with a `RelayError` at the first event of an answer that has the fingerprint of another request. */
export const checkFingerprint = (fingerprint: string): MonoTypeOperatorFunction<LogEvent> =>
  tap(({ number, text }) => {
    const hasFingerprint = number === 1 && text.startsWith(COMMENT);
    if (hasFingerprint && !text.startsWith(`${COMMENT}${fingerprint}\n`)) throw reusedKey();
  });

/** Returns a hash of the question of a request: it finds mistakes, and need not withstand an attack. */
export function fingerprintOf({ model, messages }: ChatRequest): string {
  const text = canonicalJson([model, messages]);
  let hash = 0;
  for (let i = 0; i < text.length; i += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return `${text.length}-${hash >>> 0}`;
}
