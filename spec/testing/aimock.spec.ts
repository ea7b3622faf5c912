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

/** A mock server of another project. */
let mock: LLMock;
let config: ChatConfig;

beforeAll(async () => {
  mock = new LLMock({ port: 0 });
  config = { baseURL: `${await mock.start()}/v1` };
});
afterEach(() => mock.reset());
afterAll(() => mock.stop());

const chat = (content: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'small',
  messages: [{ role: 'user', content }],
  ...more,
});

const finalState = (request: ChatRequest, options: Partial<ChatConfig> = {}): Promise<ChatState> =>
  firstValueFrom(chatCompletion$({ ...config, ...options }, request).pipe(toChatState(), last()));

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
      chatCompletion$(config, chat('hello')).pipe(accumulateContent(), toArray()),
    );
    expect(texts.length).toBeGreaterThan(10);
    expect(texts.at(-1)).toBe(content);
    expect(await finalState(chat('hello'))).toMatchObject({
      status: 'done',
      finishReason: 'stop',
      usage: { prompt_tokens: 9, completion_tokens: 12, total_tokens: 21 },
    });
  });

  it('receives the same completion without streaming', async () => {
    mock.onMessage('hello', { content: 'Hello there', reasoning: 'A greeting.' });
    const unstreamed = await firstValueFrom(completion$(config, chat('hello')));
    const streamed = await firstValueFrom(
      chatCompletion$(config, chat('hello')).pipe(accumulateCompletion(), last()),
    );
    const message = { role: 'assistant', content: 'Hello there', reasoning_content: 'A greeting.' };
    for (const { choices } of [unstreamed, streamed])
      expect(choices).toMatchObject([{ message, finish_reason: 'stop' }]);
  });

  it('separates reasoning from text', async () => {
    mock.onMessage('why', { content: 'Because.', reasoning: 'Let me think about it.' }, { chunkSize: 5 });
    expect(await finalState(chat('why'))).toMatchObject({
      status: 'done',
      reasoning: 'Let me think about it.',
      content: 'Because.',
    });
  });

  it('joins the deltas of tool calls', async () => {
    const search = { name: 'search', arguments: '{"query":"rain"}' };
    mock.onMessage('weather', { toolCalls: [weather, search] }, { chunkSize: 4 });
    const { toolCalls, finishReason } = await finalState(chat('weather'));
    expect(toolCalls).toMatchObject([
      { ...weather, complete: true },
      { ...search, complete: true },
    ]);
    expect(finishReason).toBe('tool_calls');
  });

  it('accepts a tool call before text', async () => {
    const blocks = [
      { type: 'toolCall' as const, ...weather },
      { type: 'text' as const, text: 'I am looking.' },
    ];
    mock.onMessage('weather', { blocks });
    expect(await finalState(chat('weather'))).toMatchObject({
      content: 'I am looking.',
      toolCalls: [weather],
    });
  });

  it('continues with the result of a tool', async () => {
    mock.onToolResult('call_1', { content: 'It rains.' });
    mock.onMessage('weather', { toolCalls: [{ ...weather, id: 'call_1' }] });
    const { toolCalls } = await finalState(chat('weather'));
    const [{ id, name, arguments: args } = { id: '', name: '', arguments: '' }] = toolCalls;
    const next = await finalState({
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
    expect(next).toMatchObject({ status: 'done', content: 'It rains.' });
  });

  it('honours the retry delay of a 429', async () => {
    const tooManyRequests = {
      error: { message: 'Slow down', type: 'rate_limit_error', code: 'rate_limit_exceeded' },
      status: 429,
    };
    mock.on({ userMessage: 'hello', sequenceIndex: 0 }, { ...tooManyRequests, retryAfter: 1 });
    mock.on({ userMessage: 'hello', sequenceIndex: 1 }, { content: 'Hello again' });
    const delays: number[] = [];
    const start = performance.now();
    const text = await firstValueFrom(
      chatCompletion$(config, chat('hello')).pipe(
        retryChat({ onRetry: ({ delayMs }) => delays.push(delayMs) }),
        accumulateContent(),
        last(),
      ),
    );
    expect(text).toBe('Hello again');
    expect(delays).toEqual([1_000]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
  });

  it('reports an HTTP error with the message of the server', async () => {
    mock.onMessage('hello', { error: { message: 'No such model', code: 'model_not_found' }, status: 404 });
    expect(await failureOf(chatCompletion$(config, chat('hello')))).toMatchObject({
      _tag: 'HttpError',
      status: 404,
      code: 'model_not_found',
      message: expect.stringMatching(/^404 No such model/) as string,
      retryable: false,
      requestId: expect.any(String) as unknown,
    });
  });

  it('keeps the text of a stream whose connection breaks', async () => {
    mock.onMessage(
      'hello',
      { content: 'Hello dear friend' },
      { chunkSize: 6, latency: 20, truncateAfterChunks: 3 },
    );
    expect(await finalState(chat('hello'))).toMatchObject({
      status: 'failed',
      content: expect.stringMatching(/^Hello/) as unknown,
      error: { _tag: 'ConnectionError', phase: 'body' },
    });
  });

  it('times out on an idle stream', async () => {
    // The mock does not stop when the client disconnects, so its pauses are short.
    mock.onMessage('hello', { content: 'Hello' }, { chunkSize: 5, streamingProfile: { ttft: 0, tps: 4 } });
    expect(await finalState(chat('hello'), { timeouts: { idle: 100 } })).toMatchObject({
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
  ])('reads the responses of its %s endpoint', async (_, path) => {
    mock.onMessage('hello', { content: 'Hello there' });
    const state = await finalState(chat('hello', { model: 'openai/small' }), { baseURL: mock.url + path });
    expect(state).toMatchObject({ status: 'done', content: 'Hello there' });
  });
});
