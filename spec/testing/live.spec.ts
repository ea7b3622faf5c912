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

let server: LlamaServer | undefined;

beforeAll(async () => {
  server = await startLlamaServer(0);
}, 120_000);

afterAll(() => server?.close());

/** A question whose answer has emoji, each of four tokens: while one is made, nothing comes. */
const request = {
  model: 'tiny-random-llama',
  messages: [{ role: 'user', content: 'Say hello' }],
  max_tokens: 400,
  ...{ seed: 2, logit_bias: { 32: 6, 576: -100 } },
} as ChatRequest;

/** A live answer and the tape of it, once it has been text. */
async function recorded<T>(
  ask: (config: ChatConfig) => Observable<T>,
): Promise<readonly [readonly T[], Tape]> {
  const tapes: Tape[] = [];
  const transport = recordTransport(fetchTransport(), (tape) => tapes.push(tape));
  const values = await firstValueFrom(ask({ baseURL: server!.baseURL, transport }).pipe(toArray()));
  // The body ends a moment after the answer.
  while (tapes.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return [values, tapeOf(JSON.parse(tapeText(tapes[0]!)))];
}

/** What comes of a replay in virtual time. */
function replayed<T>(tape: Tape, ask: (config: ChatConfig) => Observable<T>): readonly T[] {
  let values: readonly T[] = [];
  marbles(({ flush }) => {
    ask({ transport: replayTransport(tape) })
      .pipe(toArray())
      .subscribe((all) => (values = all));
    flush();
  });
  return values;
}

describeLive('a live answer of llama-server', () => {
  it('replays to the same reads at the same times', async () => {
    if (server === undefined) return;
    const sent: TransportRequest = {
      method: 'POST',
      url: `${server.baseURL}/chat/completions`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...request, stream: true }),
    };
    // The clock stands still while a read is passed on, so that all who look at it see the same time.
    const begun = Date.now();
    let now = begun;
    const clock = Object.assign(Object.create(asyncScheduler) as SchedulerLike, { now: () => now });
    const ticking: Transport = (asked) =>
      fetchTransport()(asked).pipe(
        tap({ next: () => (now = Date.now()), complete: () => (now = Date.now()) }),
      );

    const tapes: Tape[] = [];
    const recording = recordTransport(ticking, (tape) => tapes.push(tape), { scheduler: clock });
    const live = await firstValueFrom(recording(sent).pipe(timestamp(clock), toArray()));
    const tape = tapeOf(JSON.parse(tapeText(tapes[0]!)));

    let again: readonly Timestamp<unknown>[] = [];
    marbles(({ flush }) => {
      replayTransport(tape)(sent)
        .pipe(timestamp(), toArray())
        .subscribe((all) => (again = all));
      flush();
    });

    const reads = live.slice(1).map(({ value }) => value);
    expect(again.slice(1).map(({ value }) => value)).toEqual(reads);
    expect([live, again].map(([first]) => first?.value)).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(again.map(({ timestamp: at }) => at)).toEqual(live.map(({ timestamp: at }) => at - begun));
    expect(new Set(again.map(({ timestamp: at }) => at)).size).toBeGreaterThan(1);
    expect(tape.reads.every(({ base64 }) => base64 === undefined)).toBe(true);
  });

  it('replays to the same chunks, and to the same completion', async () => {
    if (server === undefined) return;
    const chunks = (config: ChatConfig) => chatCompletion$(config, request);
    const [live, tape] = await recorded(chunks);
    expect(live.length).toBeGreaterThan(50);
    expect(replayed(tape, chunks)).toEqual(live);
    const whole = (config: ChatConfig) => chatCompletion$(config, request).pipe(accumulateCompletion());
    expect(replayed(tape, whole).at(-1)?.choices[0]?.finish_reason).toBe('length');
  });

  it('replays to the same error', async () => {
    if (server === undefined) return;
    const bad = { ...request, messages: 'hi' } as unknown as ChatRequest;
    const failure = (config: ChatConfig) => chatCompletion$(config, bad).pipe(toEither());
    const [live, tape] = await recorded(failure);
    expect(live).toMatchObject([{ left: { _tag: 'HttpError', status: 400 } }]);
    expect(replayed(tape, failure)).toEqual(live);
  });

  it('replays to what there was of it when it was let go of', async () => {
    if (server === undefined) return;
    const beginning = (config: ChatConfig) => chatCompletion$(config, request).pipe(take(5));
    const [live, tape] = await recorded(beginning);
    expect(tape.end).toBeNull();
    expect(replayed(tape, beginning)).toEqual(live);
  });
});
