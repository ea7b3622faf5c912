import fc from 'fast-check';

import { bytesOf, cutAt } from './reads';

const ENDS = ['\n', '\r', '\r\n'];

const LINES = [
  '',
  ':',
  ': keep-alive',
  'data',
  'data:',
  'data: {"choices":[]}',
  'data: [DONE]',
  'data:  é√🙂',
  'event: ping',
  'event:',
  'id: 7',
  'id',
  'id: \0',
  'retry: 250',
  'retry: soon',
  'error: no',
  'unknown: field',
];

/** Tokens that are hard for parsers of event streams in unusual places. */
const PIECES = [...ENDS, ':', ' ', 'data', '\uFEFF', '\0', 'é', '🙂', '\u2028'];

const line = fc.tuple(fc.constantFrom(...LINES), fc.constantFrom(...ENDS)).map((parts) => parts.join(''));

/** Text like an event stream, well formed or not. */
export const eventStreamText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: line },
      { weight: 2, arbitrary: fc.constantFrom(...PIECES) },
      { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 4 }) },
    ),
    { maxLength: 30 },
  )
  .map((pieces) => pieces.join(''));

/** Bytes like an event stream; some are invalid UTF-8. */
export const eventStreamBytes: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: line.map(bytesOf) },
      { weight: 2, arbitrary: fc.constantFrom(...PIECES).map(bytesOf) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 3 }) },
    ),
    { maxLength: 30 },
  )
  .map((pieces) => Uint8Array.from(pieces.flatMap((piece) => [...piece])));

/** A body as it may arrive: the reads, cut anywhere, some of them empty. */
export const cutsOf = (body: Uint8Array): fc.Arbitrary<Uint8Array[]> =>
  fc.array(fc.nat(body.length), { maxLength: 12 }).map((places) => cutAt(body, places));
