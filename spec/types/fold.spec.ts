import * as E from 'fp-ts/Either';
import { from, lastValueFrom, map, reduce, scan, toArray, type Observable } from 'rxjs';
import {
  textChunk,
  finishChunk,
  reasoningChunk as thought,
  toolCallChunks,
} from 'rxjs-chat-completions/testing';

import { finishReasonOf, refusalOf } from '../../lib/fold/completion';
import { addContent, contentOf } from '../../lib/fold/content';
import { addReasoning, reasoningOf } from '../../lib/fold/reasoning';
import { addToolCalls, noToolCalls } from '../../lib/fold/toolCalls';

// `map`, `scan` and the methods of arrays pass a counter after the documented arguments. Read as a choice, it would lose all
// text after the first chunk.

const chunks = [
  thought('Hm, '),
  thought('so'),
  textChunk('Hel'),
  textChunk('lo'),
  textChunk('Moi', { choice: 1 }),
  { choices: [{ index: 0, delta: { refusal: 'No' } }] },
  ...toolCallChunks({ name: 'weather', arguments: { city: 'Oslo' } }),
  finishChunk('stop'),
];
const chunk$ = from(chunks);
const listOf = <T>(value$: Observable<T>): Promise<T[]> => lastValueFrom(value$.pipe(toArray()));

describe('a reader of chunks', () => {
  it.each([
    ['contentOf', contentOf, 'Hello'],
    ['reasoningOf', reasoningOf, 'Hm, so'],
    ['refusalOf', refusalOf, 'No'],
    ['finishReasonOf', finishReasonOf, 'stop'],
  ] as const)("%s is an argument of map and of Either's map", async (_, read, expected) => {
    expect((await listOf(chunk$.pipe(map(read)))).join('')).toBe(expected);
    expect(chunks.map(read).join('')).toBe(expected);
    expect((await listOf(chunk$.pipe(map((chunk) => read(chunk))))).join('')).toBe(expected);
    expect(chunks.map((chunk) => E.match(String, read)(E.right(chunk)) ?? '').join('')).toBe(expected);
  });

  it('follows another choice by its option', () => {
    expect(chunks.map((chunk) => contentOf(chunk, { choice: 1 })).join('')).toBe('Moi');
  });

  it('rejects a number as a choice', () => {
    // @ts-expect-error a choice is an option
    expect(contentOf(textChunk('Hel'), 1)).toBe('Hel');
    // @ts-expect-error in a step too
    expect(addContent('Hel', textChunk('lo'), 1)).toBe('Hello');
  });
});

describe('a step of a fold', () => {
  it.each([
    ['addContent', addContent, 'Hello'],
    ['addReasoning', addReasoning, 'Hm, so'],
  ] as const)('%s is an argument of scan and reduce', async (_, step, expected) => {
    expect((await listOf(chunk$.pipe(scan(step, '')))).at(-1)).toBe(expected);
    expect(await listOf(chunk$.pipe(reduce(step, '')))).toEqual([expected]);
    expect(chunks.reduce(step, '')).toBe(expected);
    expect(await listOf(chunk$.pipe(scan((text, chunk) => step(text, chunk), '')))).toEqual(
      await listOf(chunk$.pipe(scan(step, ''))),
    );
  });

  it('addToolCalls does, too', async () => {
    const states = await listOf(chunk$.pipe(scan(addToolCalls, noToolCalls)));
    expect(states.at(-1)?.calls).toMatchObject([
      { name: 'weather', arguments: '{"city":"Oslo"}', complete: true },
    ]);
    expect(chunks.reduce(addToolCalls, noToolCalls)).toEqual(states.at(-1));
  });
});
