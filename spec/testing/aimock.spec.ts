import { LLMock } from '@copilotkit/aimock';
import { catchError, firstValueFrom, last, of, toArray, type Observable } from 'rxjs';
import {
  accumulateCompletion,
  accumulateContent,
  chatCompletion$,
  completion$,
  embeddings$,
  models$,
  retryChat,
  toChatState,
  type ChatConfig,
  type ChatRequest,
  type ChatState,
} from 'rxjs-chat-completions';

/** A server that nobody here wrote. */
let mock: LLMock;
let config: ChatConfig;

beforeAll(async () => {
  mock = new LLMock({ port: 0 });
  config = { baseURL: `${await mock.start()}/v1` };
});
afterEach(() => mock.reset());
afterAll(() => mock.stop());

const ask = (content: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'small',
  messages: [{ role: 'user', content }],
  ...more,
});

const screen = (request: ChatRequest, given: Partial<ChatConfig> = {}): Promise<ChatState> =>
  firstValueFrom(chatCompletion$({ ...config, ...given }, request).pipe(toChatState(), last()));

const failureOf = <T>(source$: Observable<T>): Promise<unknown> =>
  firstValueFrom(
    source$.pipe(
      last(),
      catchError((error: unknown) => of(error)),
    ),
  );

const weather = { name: 'weather', arguments: '{"city":"Zürich","days":3}' };

describe('against aimock', () => {
  it('streams a text, with its finish reason and usage', async () => {
    const content = 'Grüße aus dem Strom 🌊, in small pieces.';
    mock.onMessage(
      'hello',
      { content, usage: { prompt_tokens: 9, completion_tokens: 12 } },
      { chunkSize: 3 },
    );
    const texts = await firstValueFrom(
      chatCompletion$(config, ask('hello')).pipe(accumulateContent(), toArray()),
    );
    expect(texts.length).toBeGreaterThan(10);
    expect(texts.at(-1)).toBe(content);
    expect(await screen(ask('hello'))).toMatchObject({
      status: 'done',
      finishReason: 'stop',
      usage: { prompt_tokens: 9, completion_tokens: 12, total_tokens: 21 },
    });
  });

  it('gets the same in one piece', async () => {
    mock.onMessage('hello', { content: 'Hello there', reasoning: 'A greeting.' });
    const whole = await firstValueFrom(completion$(config, ask('hello')));
    const streamed = await firstValueFrom(
      chatCompletion$(config, ask('hello')).pipe(accumulateCompletion(), last()),
    );
    const message = { role: 'assistant', content: 'Hello there', reasoning_content: 'A greeting.' };
    for (const { choices } of [whole, streamed])
      expect(choices).toMatchObject([{ message, finish_reason: 'stop' }]);
  });

  it('keeps what is thought apart from what is said', async () => {
    mock.onMessage('why', { content: 'Because.', reasoning: 'Let me think about it.' }, { chunkSize: 5 });
    expect(await screen(ask('why'))).toMatchObject({
      status: 'done',
      reasoning: 'Let me think about it.',
      content: 'Because.',
    });
  });

  it('joins tool calls that come in pieces', async () => {
    const search = { name: 'search', arguments: '{"query":"rain"}' };
    mock.onMessage('weather', { toolCalls: [weather, search] }, { chunkSize: 4 });
    const { toolCalls, finishReason } = await screen(ask('weather'));
    expect(toolCalls).toMatchObject([
      { ...weather, complete: true },
      { ...search, complete: true },
    ]);
    expect(finishReason).toBe('tool_calls');
  });

  it('takes a tool call before a text as well', async () => {
    const blocks = [
      { type: 'toolCall' as const, ...weather },
      { type: 'text' as const, text: 'I am looking.' },
    ];
    mock.onMessage('weather', { blocks });
    expect(await screen(ask('weather'))).toMatchObject({ content: 'I am looking.', toolCalls: [weather] });
  });

  it('goes on with the result of a tool', async () => {
    mock.onToolResult('call_1', { content: 'It rains.' });
    mock.onMessage('weather', { toolCalls: [{ ...weather, id: 'call_1' }] });
    const { toolCalls } = await screen(ask('weather'));
    const [{ id, name, arguments: args } = { id: '', name: '', arguments: '' }] = toolCalls;
    const answered = await screen({
      model: 'small',
      messages: [
        { role: 'user', content: 'weather' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id, type: 'function', function: { name, arguments: args } }],
        },
        { role: 'tool', tool_call_id: id, content: '{"sky":"grey"}' },
      ],
    });
    expect(answered).toMatchObject({ status: 'done', content: 'It rains.' });
  });

  it('waits as long as a 429 says, and asks again', async () => {
    const busy = {
      error: { message: 'Slow down', type: 'rate_limit_error', code: 'rate_limit_exceeded' },
      status: 429,
    };
    mock.on({ userMessage: 'hello', sequenceIndex: 0 }, { ...busy, retryAfter: 1 });
    mock.on({ userMessage: 'hello', sequenceIndex: 1 }, { content: 'Hello again' });
    const waits: number[] = [];
    const begun = performance.now();
    const text = await firstValueFrom(
      chatCompletion$(config, ask('hello')).pipe(
        retryChat({ onRetry: ({ delayMs }) => waits.push(delayMs) }),
        accumulateContent(),
        last(),
      ),
    );
    expect(text).toBe('Hello again');
    expect(waits).toEqual([1_000]);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(990);
  });

  it('tells a refusal with the words of the server', async () => {
    mock.onMessage('hello', { error: { message: 'No such model', code: 'model_not_found' }, status: 404 });
    expect(await failureOf(chatCompletion$(config, ask('hello')))).toMatchObject({
      _tag: 'HttpError',
      status: 404,
      code: 'model_not_found',
      message: '404 No such model',
      retryable: false,
      requestId: expect.any(String) as unknown,
    });
  });

  it('keeps the text of a stream whose connection is cut', async () => {
    mock.onMessage(
      'hello',
      { content: 'Hello dear friend' },
      { chunkSize: 6, latency: 20, truncateAfterChunks: 3 },
    );
    expect(await screen(ask('hello'))).toMatchObject({
      status: 'failed',
      content: expect.stringMatching(/^Hello/) as unknown,
      error: { _tag: 'ConnectionError', phase: 'body' },
    });
  });

  it('gives up on a stream that falls silent', async () => {
    // It goes on by itself when nobody listens any more, so its silences are short.
    mock.onMessage('hello', { content: 'Hello' }, { chunkSize: 5, streamingProfile: { ttft: 0, tps: 4 } });
    expect(await screen(ask('hello'), { timeouts: { idle: 100 } })).toMatchObject({
      status: 'failed',
      error: { _tag: 'ChatTimeoutError', phase: 'idle' },
    });
  });

  it('lists models and embeds', async () => {
    mock.on({ userMessage: 'hello', model: 'small' }, { content: 'Hello' });
    mock.onEmbedding('tea', { embedding: [0.25, 0.5] });
    expect((await firstValueFrom(models$(config))).map(({ id }) => id)).toContain('small');
    const { data } = await firstValueFrom(embeddings$(config, { model: 'embed', input: 'tea' }));
    expect(data).toMatchObject([{ embedding: [0.25, 0.5] }]);
  });

  it.each([
    ['OpenRouter', '/api/v1'],
    ['Azure', '/openai/deployments/small?api-version=2024-10-21'],
  ])('reads the answers of its %s, too', async (_, path) => {
    mock.onMessage('hello', { content: 'Hello there' });
    const state = await screen(ask('hello', { model: 'openai/small' }), { baseURL: mock.url + path });
    expect(state).toMatchObject({ status: 'done', content: 'Hello there' });
  });
});
