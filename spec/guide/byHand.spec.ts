import { chatCompletion$, toChatState, type ChatState } from 'rxjs-chat-completions';

/** Encodes a chunk of text. */
const eventFrame = (content: string): Uint8Array =>
  new TextEncoder().encode(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);

/** A fetch whose response the test writes. */
function mockFetch() {
  let body: ReadableStreamDefaultController<Uint8Array> | undefined;
  const mock = {
    aborted: false,
    write: (text: string) => body?.enqueue(eventFrame(text)),
    fetch: (_: RequestInfo | URL, init?: RequestInit) => {
      const stream = new ReadableStream<Uint8Array>({
        start: (controller) => {
          body = controller;
        },
      });
      init?.signal?.addEventListener('abort', () => {
        mock.aborted = true;
        body?.error(init.signal?.reason);
      });
      return Promise.resolve(new Response(stream, { headers: { 'content-type': 'text/event-stream' } }));
    },
  };
  return mock;
}

describe('a stalled answer, without the kit', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('times out after ten idle seconds, keeps the text and aborts the request', async () => {
    const mock = mockFetch();
    const states: ChatState[] = [];
    chatCompletion$({ fetch: mock.fetch, timeouts: { idle: 10_000 } }, { model: 'any', messages: [] })
      .pipe(toChatState())
      .subscribe((state) => states.push(state));

    await jest.advanceTimersByTimeAsync(2);
    mock.write('Hel');
    await jest.advanceTimersByTimeAsync(3);
    mock.write('lo');
    await jest.advanceTimersByTimeAsync(9_999);
    expect(mock.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1);

    expect(states).toMatchObject([
      { status: 'waiting', content: '' },
      { status: 'streaming', content: 'Hel' },
      { status: 'streaming', content: 'Hello' },
      { status: 'failed', content: 'Hello', error: { _tag: 'ChatTimeoutError', phase: 'idle' } },
    ]);
    expect(mock.aborted).toBe(true);
  });
});
