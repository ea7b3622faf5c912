import fc from 'fast-check';
import { isRight, right } from 'fp-ts/Either';

import '../helpers/properties';
import { Ending } from '../../lib/response/Ending';
import { DONE, isPayload, PayloadDecoder } from '../../lib/response/payload';
import { TemplateDecoder } from '../../lib/decode/TemplateDecoder';

/** Returns the items of a stream, and what is missing of its answer after each payload. */
function itemsOf(payloads: readonly string[], isOneAnswer: boolean): readonly unknown[] {
  const decoder = new PayloadDecoder((text) => text, isOneAnswer);
  const ending = new Ending();
  const items = payloads.map((data) => [
    ...ending.add(decoder.decode({ event: 'message', data, id: '' })).map(print),
    ending.missing,
  ]);
  return [...items, ending.end(false).map(print)];
}

const print = (item: ReturnType<Ending['add']>[number]): unknown => {
  if (typeof item === 'symbol' || item instanceof Error) return String(item);
  return isRight(item) ? item.right : String(item.left);
};

const ANSWER = { content: '' };
const ERROR = { message: 'overloaded' };

/** The kinds of chunks that differ in a text, and in more than that from one another. */
const kinds: ReadonlyArray<(text: string) => object> = [
  (content) => ({ choices: [{ index: 0, delta: { content } }] }),
  (content) => ({ choices: [{ index: 1, delta: { content } }] }),
  (content) => ({ choices: [{ delta: { content } }] }),
  (reasoning) => ({ choices: [{ index: 0, delta: { reasoning } }] }),
  (id) => ({ id, choices: [{ index: 0, delta: { content: '' }, message: ANSWER }] }),
  (content) => ({ choices: [{ index: 0, delta: {}, message: { content } }] }),
  (content) => ({ choices: [{ index: 0, delta: { content }, message: { content: 'Hello' } }] }),
  (content) => ({ choices: [{ index: 0, delta: { content }, finish_reason: '' }] }),
  (content) => ({ choices: [{ index: 0, delta: { content }, finish_reason: 'stop' }] }),
  (content) => ({ choices: [{ index: 1, delta: { content }, finish_reason: 'length' }] }),
  (content) => ({ choices: [{ index: 0, delta: { content }, finish_reason: 'error' }] }),
  (content) => ({ choices: [{ index: 0, delta: { content }, error: ERROR }] }),
  (content) => ({ choices: [{ index: 0, delta: { content } }], error: ERROR }),
  (content) => ({ choices: [{ index: 0, delta: { content } }], usage: { total_tokens: 3 } }),
  (content) => ({ choices: [0, 1].map((index) => ({ index, delta: { content } })) }),
  (id) => ({ id, choices: [], usage: { total_tokens: 3 } }),
  (id) => ({ id, status: 'failed' }),
  () => ({ choices: 5 }),
];

/** Runs of one kind, since two chunks are compared before a third is decoded by them. */
const payloads = fc
  .array(
    fc.tuple(fc.constantFrom(...kinds), fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 4 })),
    {
      maxLength: 6,
    },
  )
  .map((runs) => runs.flatMap(([kindOf, texts]) => texts.map((text) => JSON.stringify(kindOf(text)))));

describe('PayloadDecoder', () => {
  it('returns the same for a chunk that is decoded by those before it as for one that is parsed', () => {
    const decode = jest.spyOn(TemplateDecoder.prototype, 'decode');
    fc.assert(
      fc.property(payloads, fc.boolean(), (stream, isOne) => {
        // Blanks after it, of another number each: no payload differs in a text only.
        const parsed = stream.map((payload, i) => payload + ' '.repeat(i));
        expect(itemsOf(stream, isOne)).toEqual(itemsOf(parsed, isOne));
      }),
    );
    expect(decode.mock.results.some(({ value }) => value !== undefined)).toBe(true);
  });

  it.each([
    'error',
    'Error',
    'server_error',
    'internalServerException',
    'exception',
    'failure',
    'chat.error',
  ])('reads an event named %s as an error, whatever its data', (event) => {
    for (const data of ['{"message":"overloaded"}', 'overloaded', '["overloaded"]']) {
      const read = { event, data, id: '' };
      expect(isPayload(read)).toBe(true);
      const payload = new PayloadDecoder((text) => text).decode(read);
      expect(payload).toMatchObject({ error: { _tag: 'ServerError', serverMessage: 'overloaded' } });
    }
  });

  it.each(['[DONE]', ' [done] ', '"[DONE]"', "'[DONE]'", '[DONE]\\n', '[DONE];', '[DONE] bye'])(
    'reads %j as the end',
    (data) => {
      for (const event of ['message', 'done']) {
        expect(isPayload({ event, data, id: '' })).toBe(true);
        expect(new PayloadDecoder((text) => text).decode({ event, data, id: '' })).toBe(DONE);
      }
    },
  );

  it('reads a chunk and an error that a relay has serialized twice', () => {
    const decode = (json: object): unknown => {
      const data = JSON.stringify(JSON.stringify(json));
      return new PayloadDecoder((text) => text).decode({ event: 'message', data, id: '' });
    };
    const chunk = { choices: [{ index: 0, delta: { content: 'a "b"' } }] };
    expect(decode(chunk)).toEqual(right(chunk));
    expect(decode({ error: ERROR })).toMatchObject({ error: { serverMessage: 'overloaded' } });
  });

  it.each(['', ' ', '{}', ' { } ', '{\n}\n'])('reads %j as a heartbeat', (data) => {
    expect(isPayload({ event: 'message', data, id: '' })).toBe(false);
  });

  it.each(['{', '}', '{}}'])('reads %j as a payload that is not JSON', (data) => {
    expect(isPayload({ event: 'message', data, id: '' })).toBe(true);
  });

  it.each(['ping', 'errorless', 'no_error', 'done'])('reads no event named %s without a chunk', (event) => {
    expect(isPayload({ event, data: '{"message":"overloaded"}', id: '' })).toBe(false);
  });
});
