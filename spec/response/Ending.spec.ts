import { right } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { decodeChunk, type Decoded } from '../../lib/decode/decode';
import { Ending } from '../../lib/response/Ending';
import { DONE, Failure } from '../../lib/response/payload';
import { markedChunk } from '../../lib/codec/mark';
import { ServerError, TruncatedError } from '../../lib/errors';
import { COMPLETE } from '../../lib/rx/concatItems';
import { decoded, frames } from '../helpers/frames';

const complete: readonly unknown[] = [];
const marked = [right(markedChunk({ kind: 'ended-without-reason' }))];
const done = '[DONE]';

/** The items that are left after these chunks. */
function endAfter(...seen: ReadonlyArray<Decoded<ChatCompletionChunk> | typeof done>): unknown {
  const ending = new Ending();
  for (const each of seen) {
    if (each !== done) ending.add(each);
  }
  return ending.end(seen.includes(done));
}
const truncated = [new TruncatedError()];
const { h, o, f, g, u, c, L } = frames;
const empty = decoded({ choices: [{ index: 0, delta: {}, finish_reason: '' }] });
const notEnded = decoded({ choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'null' }] });
const ofTwo = decoded({
  choices: [
    { index: 0, delta: {}, finish_reason: 'stop' },
    { index: 1, delta: {} },
  ],
});
const later = decoded({ error: {}, choices: null, id: 'later' });
const usageInChoice = decoded({
  choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage: { total_tokens: 3 } }],
});
const noIndex = decoded({ choices: [{ delta: {}, finish_reason: 'stop' }] });

describe('Ending', () => {
  it.each<[string, ReadonlyArray<Decoded<ChatCompletionChunk> | typeof done>, unknown]>([
    ['a finish reason and [DONE]', [h, f, done], complete],
    ['a finish reason alone', [h, f], complete],
    ['a finish reason before the usage', [h, f, u], complete],
    ['a repeated finish reason', [h, f, f, u], complete],
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
    ['neither, after a chunk that could not be decoded', [h, L], truncated],
    ['a finish reason that is empty, alone', [h, empty], truncated],
    ['a finish reason that only names the lack of one, alone', [h, notEnded], truncated],
    ['a finish reason that only names the lack of one, and [DONE]', [notEnded, done], marked],
    ['the reasons of both choices', [h, o, f, g], complete],
    ['the reason of one of two choices, and [DONE]', [h, o, f, done], marked],
    ['the reason of one of two choices, alone', [h, o, f], truncated],
    ['the reason of one choice before the other has begun', [h, f, o], truncated],
    ['the reason of the first choice in a chunk of two', [ofTwo], truncated],
  ])('after %s', (_, seen, result) => {
    expect(endAfter(...seen)).toEqual(result);
  });

  it.each<[string, object]>([
    ['of an unknown kind', { oops: 'busy' }],
    ['without choices', { id: 'a', choices: null, reason: 'busy' }],
  ])('is the payload %s if nothing else explains an answer without choices', (_, payload) => {
    const unknown = right(payload as ChatCompletionChunk);
    const explained = [
      expect.objectContaining({ _tag: 'ServerError', serverMessage: JSON.stringify(payload) }),
    ];
    expect(endAfter(unknown)).toEqual(explained);
    expect(endAfter(unknown, done)).toEqual(explained);
    expect(endAfter(unknown, right({ oops: 'later' } as ChatCompletionChunk))).toEqual(explained);
    expect(endAfter(unknown, h, f, done)).toEqual(complete);
    expect(endAfter(h, unknown)).toEqual(truncated);
  });

  it('is the words of a note if nothing else explains an answer without choices', () => {
    const note = right({ type: 'warning', message: 'out of memory' } as ChatCompletionChunk);
    expect(endAfter(note, done)).toMatchObject([{ _tag: 'ServerError', serverMessage: 'out of memory' }]);
    expect(endAfter(note, h, f, done)).toEqual(complete);
  });

  it.each<[string, object]>([
    ['an error without content', { error: {} }],
    ['an error of empty fields', { error: { message: '', code: 0 } }],
    ['a status without words', { status: 500 }],
    ['a code without words', { code: 503, data: null }],
    ['a failure without words', { success: false }],
    ['a code of a failure as text', { code: '500', data: null }],
    ['a flag for an error', { error: true }],
    ['a number for an error', { error: 503 }],
  ])('is the payload with %s unless the answer is complete', (_, payload) => {
    const failing = right(payload as ChatCompletionChunk);
    const failed = [expect.objectContaining({ _tag: 'ServerError', body: JSON.stringify(payload) })];
    expect(endAfter(h, failing, done)).toEqual(failed);
    expect(endAfter(failing, h)).toEqual(failed);
    expect(endAfter(failing, later)).toEqual(failed);
    expect(endAfter(h, failing, f, done)).toEqual(complete);
    expect(endAfter(h, f, failing, done)).toEqual(complete);
  });

  it.each<[string, object]>([
    ['an empty list of choices', { choices: [], prompt_filter_results: [] }],
    ['a heartbeat of a gateway', { type: 'keepalive', sequence_number: 3 }],
    ['a heartbeat with a time', { type: 'heartbeat', timestamp: 1 }],
    ['a ping', { type: 'ping' }],
    ['a place in a queue', { status: 'queued', message: 'position 3' }],
  ])('does not take %s for an explanation', (_, payload) => {
    const chunk = right(payload as ChatCompletionChunk);
    expect(endAfter(chunk, done)).toEqual(marked);
    expect(endAfter(chunk)).toEqual(truncated);
    expect(endAfter(chunk, right({ oops: 'busy' } as ChatCompletionChunk))).toMatchObject([
      { message: '{"oops":"busy"}' },
    ]);
  });

  const error = new ServerError({ serverMessage: 'no' });

  it('is the error of a failure, and ends at the usage that follows', () => {
    const ending = new Ending();
    expect(ending.add(new Failure(error))).toEqual([]);
    expect(ending.missing).toBe('usage of a failure');
    const second = new ServerError({ serverMessage: 'later' });
    expect(ending.add(new Failure(second))).toEqual([]);
    expect(ending.add(u)).toEqual([u, error]);
    expect(ending.add(h)).toEqual([error]);
    expect(ending.end(false)).toEqual([error]);
    expect(ending.add(DONE)).toEqual([error, COMPLETE]);
  });

  it('is the error after the chunk that reports it', () => {
    const chunk = { choices: [{ index: 0, delta: {} }], error: {} };
    expect(new Ending().add(new Failure(error, chunk))).toEqual([right(chunk)]);
    const last = { ...chunk, usage: { total_tokens: 3 } };
    expect(new Ending().add(new Failure(error, last))).toEqual([right(last), error]);
  });

  it.each([
    ['the answer', [h], 'answer'],
    ['the answer, although usage has arrived', [u], 'answer'],
    ['usage', [h, f], 'usage'],
    ['nothing', [h, f, u], 'none'],
    ['nothing after the usage of a choice', [h, usageInChoice], 'none'],
    ['the answer of another choice', [h, f, u, o], 'answer'],
  ] as const)('misses %s', (_, seen, missing) => {
    const ending = new Ending();
    for (const each of seen) ending.add(each);
    expect(ending.missing).toBe(missing);
  });

  it.each(['null', '""', '[]', '["end", 1]', '1', 'END', '[END]', '<|end|>', 'Internal Server Error'])(
    'reads no meaning in %s, after the finish reason only',
    (data) => {
      const ending = new Ending();
      const payload = decodeChunk(data);
      expect(ending.add(payload)).toEqual([payload]);
      ending.add(f);
      expect(ending.add(payload)).toEqual([]);
      const other = decodeChunk('{"choices":[],"usa');
      expect(ending.add(other)).toEqual([other]);
    },
  );

  it('does not change when its items are read', () => {
    const ending = new Ending();
    ending.add(h);
    expect(ending.end(false)).toEqual(truncated);
    ending.add(f);
    expect(ending.end(false)).toEqual(complete);
  });
});
