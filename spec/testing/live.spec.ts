import {
  asyncScheduler,
  firstValueFrom,
  take,
  tap,
  timestamp,
  toArray,
  type Observable,
  type SchedulerLike,
  type Timestamp,
} from 'rxjs';
import {
  accumulateCompletion,
  chatCompletion$,
  fetchTransport,
  toEither,
  type ChatConfig,
  type ChatRequest,
  type Transport,
  type TransportRequest,
} from 'rxjs-chat-completions';
import { recordTransport, replayTransport, tapeOf, tapeText, type Tape } from 'rxjs-chat-completions/testing';

import { describeLive, startLlamaServer, type LlamaServer } from '../helpers/llamaServer';
import { marbles } from '../helpers/marbles';

let server: LlamaServer;

beforeAll(async () => {
  server = await startLlamaServer();
}, 120_000);

afterAll(() => server.close());

/** A request whose answer has emoji of four tokens each. No data is sent between these tokens. */
const request = {
  model: 'tiny-random-llama',
  messages: [{ role: 'user', content: 'Say hello' }],
  max_tokens: 400,
  ...{ seed: 2, logit_bias: { 32: 6, 576: -100 } },
} as ChatRequest;

/** Returns the values of a live response, and its tape after a round trip through text. */
async function record<T>(
  call: (config: ChatConfig) => Observable<T>,
): Promise<readonly [readonly T[], Tape]> {
  const tapes: Tape[] = [];
  const transport = recordTransport(fetchTransport(), (tape) => tapes.push(tape));
  const values = await firstValueFrom(call({ baseURL: server.baseURL, transport }).pipe(toArray()));
  // The body ends a moment after the stream completes.
  while (tapes.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return [values, tapeOf(JSON.parse(tapeText(tapes[0]!)))];
}

/** Returns the values of a replay in virtual time. */
function replay<T>(tape: Tape, call: (config: ChatConfig) => Observable<T>): readonly T[] {
  let values: readonly T[] = [];
  marbles(({ flush }) => {
    call({ transport: replayTransport(tape) })
      .pipe(toArray())
      .subscribe((all) => (values = all));
    flush();
  });
  return values;
}

describeLive('a live response of llama-server', () => {
  it('replays the same reads at the same times', async () => {
    const sent: TransportRequest = {
      method: 'POST',
      url: `${server.baseURL}/chat/completions`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...request, stream: true }),
    };
    // The clock stops while a read is emitted, so the same read has the same time everywhere. It begins at 0: one that shows the
    // system time would be replaced by a steady one.
    const start = Date.now();
    const elapsed = (): number => Date.now() - start;
    let now = 0;
    const clock = Object.assign(Object.create(asyncScheduler) as SchedulerLike, { now: () => now });
    const ticking: Transport = (request) =>
      fetchTransport()(request).pipe(
        tap({ next: () => (now = elapsed()), complete: () => (now = elapsed()) }),
      );

    const tapes: Tape[] = [];
    const recording = recordTransport(ticking, (tape) => tapes.push(tape), { scheduler: clock });
    const live = await firstValueFrom(recording(sent).pipe(timestamp(clock), toArray()));
    const tape = tapeOf(JSON.parse(tapeText(tapes[0]!)));

    let replayed: readonly Timestamp<unknown>[] = [];
    marbles(({ flush }) => {
      replayTransport(tape)(sent)
        .pipe(timestamp(), toArray())
        .subscribe((all) => (replayed = all));
      flush();
    });

    const reads = live.slice(1).map(({ value }) => value);
    expect(replayed.slice(1).map(({ value }) => value)).toEqual(reads);
    expect([live, replayed].map(([first]) => first?.value)).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(replayed.map(({ timestamp: at }) => at)).toEqual(live.map(({ timestamp: at }) => at));
    expect(new Set(replayed.map(({ timestamp: at }) => at)).size).toBeGreaterThan(1);
    expect(tape.reads.every(({ base64 }) => base64 === undefined)).toBe(true);
  });

  it('replays the same chunks and the same completion', async () => {
    const chunks = (config: ChatConfig) => chatCompletion$(config, request);
    const [live, tape] = await record(chunks);
    expect(live.length).toBeGreaterThan(50);
    expect(replay(tape, chunks)).toEqual(live);
    const complete = (config: ChatConfig) => chatCompletion$(config, request).pipe(accumulateCompletion());
    expect(replay(tape, complete).at(-1)?.choices[0]?.finish_reason).toBe('length');
  });

  it('replays the same error', async () => {
    const bad = { ...request, messages: 'hi' } as unknown as ChatRequest;
    const failure = (config: ChatConfig) => chatCompletion$(config, bad).pipe(toEither());
    const [live, tape] = await record(failure);
    expect(live).toMatchObject([{ left: { _tag: 'HttpError', status: 400 } }]);
    expect(replay(tape, failure)).toEqual(live);
  });

  it('replays the part that was received before an abort', async () => {
    const beginning = (config: ChatConfig) => chatCompletion$(config, request).pipe(take(5));
    const [live, tape] = await record(beginning);
    expect(tape.end).toBeNull();
    expect(replay(tape, beginning)).toEqual(live);
  });
});
