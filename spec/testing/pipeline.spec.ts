import { catchError, firstValueFrom, ignoreElements, last, of } from 'rxjs';

import {
  accumulateCompletion,
  accumulateContent,
  chatCompletion$,
  completion$,
  embeddings$,
  isChatError,
  models$,
  type ChatRequest,
} from '../../lib';
import {
  bytesOf,
  demoModel,
  doneFrame,
  finishChunk,
  head200,
  scriptedFetch,
  scriptedTransport,
  type DialectName,
  type Reply,
} from '../../lib/testing';
import { marbles } from '../helpers/marbles';

const request: ChatRequest = {
  model: 'small',
  messages: [{ role: 'user', content: 'Which weather in Oslo?' }],
};

const reply: Reply = {
  parts: [
    { reasoning: 'I have a tool for that.' },
    'Let me look.',
    { toolCall: { name: 'weather', arguments: { city: 'Zürich' }, id: 'call_a', index: 0 } },
    { toolCall: { name: 'weather', arguments: { city: 'Oslo' }, id: 'call_b', index: 1 } },
  ],
  usage: [9, 2],
};

const NAMES: readonly DialectName[] = [
  'ollama',
  'openai',
  'llama.cpp',
  'openrouter',
  'azure',
  'groq',
  'deepseek',
  'mistral',
];

describe.each(NAMES)('the library, with a response of %s', (dialect) => {
  const config = { transport: scriptedTransport(reply, { dialect }) };

  it.each([
    ['streamed', chatCompletion$(config, request).pipe(accumulateCompletion())],
    ['not streamed', completion$(config, request)],
  ])('reads it completely, %s', async (_, result$) => {
    const completion = await firstValueFrom(result$.pipe(last()));
    expect(completion).toMatchObject({
      choices: [
        {
          message: {
            tool_calls: [
              { id: 'call_a', function: { name: 'weather', arguments: '{"city":"Zürich"}' } },
              { id: 'call_b', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
            ],
          },
          finish_reason: 'tool_calls',
        },
      ],
      usage: { total_tokens: 11 },
    });
    expect(JSON.stringify(completion)).toContain('Let me look.');
  });
});

describe('a pipeline in marbles', () => {
  it('runs from the bytes to the text, and releases the socket', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const reads = { h: head200, a: bytesOf('Hel'), b: bytesOf('lo', finishChunk('stop'), doneFrame()) };
      const socket$ = cold('  h-a--b 29s |', reads);
      const expected = '      --H--(W|)';
      const subs = '          ^----- 99ms !'; // The rest of the body is drained for 100 ms.
      const text$ = chatCompletion$({ transport: () => socket$ }, request).pipe(accumulateContent());
      expectObservable(text$).toBe(expected, { H: 'Hel', W: 'Hello' });
      expectSubscriptions(socket$.subscriptions).toBe(subs);
    });
  });

  it.each<readonly [string, Reply, string]>([
    ['ConnectionError', { parts: ['Hel', { cut: 'socket' }] }, '(e|)'],
    ['TruncatedError', { parts: ['Hel', { cut: 'body' }] }, '(e|)'],
    ['ServerError', { parts: ['Hel', { errorFrame: 'Too long' }] }, '(e|)'],
    ['ChatTimeoutError', { parts: ['Hel', { stall: Infinity }] }, '120s (e|)'],
    ['ChunkFailed', { parts: ['Hel', { bad: 'json' }] }, '(e|)'],
    ['ChunkFailed', { parts: ['Hel', { bad: 'schema' }] }, '(e|)'],
    ['HttpError', { status: 429 }, '(e|)'],
    ['ConnectionError', { unreachable: 'ECONNREFUSED' }, '(e|)'],
  ])('ends with a %s for %j', (expected, failing, when) => {
    marbles(({ expectObservable }) => {
      const transport = scriptedTransport(failing, { dialect: 'llama.cpp' });
      const end$ = chatCompletion$({ transport }, request).pipe(
        accumulateContent(),
        ignoreElements(),
        catchError((error: unknown) => of(isChatError(error) ? error._tag : error)),
      );
      expectObservable(end$).toBe(when, { e: expected });
    });
  });
});

describe('the other calls, with a script', () => {
  it('list models and embed', async () => {
    const config = { fetch: scriptedFetch('Hello', { models: ['small', 'large'] }) };
    expect((await firstValueFrom(models$(config))).map(({ id }) => id)).toEqual(['small', 'large']);
    const { data } = await firstValueFrom(embeddings$(config, { model: 'small', input: ['a', 'b'] }));
    expect(data).toHaveLength(2);
  });
});

describe('the demo model, through a fetch', () => {
  it('answers by its rules', async () => {
    const fetch = scriptedFetch(demoModel());
    const hello: ChatRequest = { model: 'scripted', messages: [{ role: 'user', content: 'hello' }] };
    const finish$ = chatCompletion$({ fetch }, hello).pipe(accumulateContent(), last());
    expect(await firstValueFrom(finish$)).toMatch(/^Hello! 👋/);
  });
});
