import { right } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../lib/decode/decode';
import { Ending } from '../../lib/response/Ending';
import { markedChunk } from '../../lib/codec/mark';
import { TruncatedError } from '../../lib/errors';
import { decoded, frames } from '../helpers/said';

const complete: readonly unknown[] = [];
const marked = [right(markedChunk({ kind: 'ended-without-reason' }))];
const done = '[DONE]';

/** What is left to say after these chunks. */
function last(...seen: ReadonlyArray<Decoded<ChatCompletionChunk> | typeof done>): unknown {
  const ending = new Ending();
  for (const each of seen) {
    if (each !== done) ending.saw(each);
  }
  return ending.last(seen.includes(done));
}
const truncated = [new TruncatedError()];
const { h, o, f, g, u, c, L } = frames;
const empty = decoded({ choices: [{ index: 0, delta: {}, finish_reason: '' }] });
const noIndex = decoded({ choices: [{ delta: {}, finish_reason: 'stop' }] });

describe('Ending', () => {
  it.each<[string, ReadonlyArray<Decoded<ChatCompletionChunk> | typeof done>, unknown]>([
    ['a finish reason and [DONE]', [h, f, done], complete],
    ['a finish reason alone', [h, f], complete],
    ['a finish reason before the usage', [h, f, u], complete],
    ['a finish reason that is said twice', [h, f, f, u], complete],
    ['a finish reason on the only chunk', [f], complete],
    ['a finish reason before more text', [h, f, h], complete],
    ['a finish reason of a choice without an index', [noIndex], complete],
    ['[DONE] alone, after text', [h, done], marked],
    ['[DONE] alone, after a tool call', [c, done], marked],
    ['[DONE] alone, after nothing', [done], marked],
    ['a finish reason that is empty, and [DONE]', [h, empty, done], marked],
    ['neither', [h], truncated],
    ['neither, after nothing', [], truncated],
    ['neither, after usage', [u], truncated],
    ['neither, after a chunk that could not be read', [h, L], truncated],
    ['a finish reason that is empty, alone', [h, empty], truncated],
    ['the reasons of both choices', [h, o, f, g], complete],
    ['the reason of one of two choices, and [DONE]', [h, o, f, done], marked],
    ['the reason of one of two choices, alone', [h, o, f], truncated],
    ['the reason of one choice before the other has begun', [h, f, o], truncated],
  ])('after %s', (_, seen, result) => {
    expect(last(...seen)).toEqual(result);
  });

  it('can be asked without being changed', () => {
    const ending = new Ending();
    ending.saw(h);
    expect(ending.last(false)).toEqual(truncated);
    ending.saw(f);
    expect(ending.last(false)).toEqual(complete);
  });
});
