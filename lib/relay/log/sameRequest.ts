import { map, tap, type MonoTypeOperatorFunction } from 'rxjs';

import { canonicalJson } from '../../codec/canonicalJson';
import type { ChatRequest } from '../../request/ChatRequest';
import { reusedKey } from './logRefusal';
import type { LogEvent } from './StreamLog';

/** The beginning of a comment, which readers of events skip. */
const COMMENT = ': request ';

/** Signs an answer: its first event begins with a comment that identifies the request. */
export const signed = (fingerprint: string): MonoTypeOperatorFunction<string> =>
  map((text, i) => (i === 0 ? `${COMMENT}${fingerprint}\n${text}` : text));

/** Errors with a `RelayError` at the first event of an answer that is signed for another request. */
export const signedFor = (fingerprint: string): MonoTypeOperatorFunction<LogEvent> =>
  tap(({ number, text }) => {
    const isSigned = number === 1 && text.startsWith(COMMENT);
    if (isSigned && !text.startsWith(`${COMMENT}${fingerprint}\n`)) throw reusedKey();
  });

/** Identifies the question of a request: it finds mistakes, and need not withstand an attack. */
export function fingerprintOf({ model, messages }: ChatRequest): string {
  const text = canonicalJson([model, messages]);
  let hash = 0;
  for (let i = 0; i < text.length; i += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return `${text.length}-${hash >>> 0}`;
}
