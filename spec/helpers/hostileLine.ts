// A separate program, so that its memory can be limited: reads one answer with a hostile line of 16 MiB through a fold, and
// prints the outcome. The shape of the line and the name of a fold are its arguments.
import { isRight } from 'fp-ts/Either';
import { concat, map, of, range, tap, type OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../lib/decode/decode';
import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { isChatError } from '../../lib/errors';
import { accumulateCompletion } from '../../lib/operators/accumulate/accumulateCompletion';
import { accumulateToolCalls } from '../../lib/operators/accumulate/accumulateToolCalls';
import { toChatState } from '../../lib/state/toChatState';

/** The output of the program, as JSON. */
export interface HostileOutcome {
  /** `complete`, or the tag of the error. */
  readonly end: string;
  /** The number of lefts. */
  readonly lefts: number;
  /** The longest turn of the event loop, in milliseconds. */
  readonly longestTurn: number;
  /** The milliseconds that `JSON.parse` takes for a line of that length, in the same process. */
  readonly parsed: number;
}

const SIZE = 16 * 1024 * 1024 - 1024;

/** Repeats an item up to the size of a line. */
const repeat = (item: (nth: number) => string, separator = ','): string => {
  const items: string[] = [];
  let length = 0;
  for (let nth = 0; length < SIZE; nth += 1) {
    const text = item(nth);
    items.push(text);
    length += text.length + separator.length;
  }
  return items.slice(0, -1).join(separator);
};
const choice = (fields: string): string => `{"choices":[{"index":0,${fields}}]}`;

const SHAPES: Readonly<Record<string, () => string>> = {
  'content parts': () => choice(`"delta":{"content":[${repeat((nth) => `{"type":"${nth}","text":"a"}`)}]}`),
  'reasoning details': () =>
    choice(`"delta":{"reasoning_details":[${repeat((nth) => `{"type":"${nth}","data":"a"}`)}]}`),
  choices: () => `{"choices":[${repeat((nth) => `{"index":${9_000_000 - nth},"delta":{"content":"a"}}`)}]}`,
  'tool calls': () =>
    choice(
      `"delta":{"tool_calls":[${repeat((nth) => `{"index":${nth},"id":"${nth}","function":{"name":"f"}}`)}]}`,
    ),
  logprobs: () => choice(`"logprobs":{"content":[${repeat((nth) => `{"token":"${nth}"}`)}]}`),
  'values that do not fit': () => choice(`"delta":{"tool_calls":[${repeat(() => '5')}]}`),
  'an error': () => `{"error":"${'a'.repeat(SIZE)}"}`,
  'text that is not JSON': () => `{"choices":${'a'.repeat(SIZE)}`,
  'one tool call in many fragments': () =>
    choice(`"delta":{"tool_calls":[${repeat(() => '{"index":0,"function":{"arguments":"{"}}')}]}`),
};

const shape = process.argv[2] ?? '';
const stop = '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}';
const body = Buffer.from(`data: ${SHAPES[shape]?.() ?? ''}\n\ndata: ${stop}\n\ndata: [DONE]\n\n`);
const READ = 64 * 1024;
const reads$ = range(0, Math.ceil(body.length / READ)).pipe(
  map((nth) => new Uint8Array(body.subarray(nth * READ, (nth + 1) * READ))),
);

const skip = { onChunkError: 'skip' } as const;
const FOLDS: Readonly<Record<string, OperatorFunction<Decoded<ChatCompletionChunk>, unknown>>> = {
  toChatState: toChatState(skip),
  accumulateCompletion: accumulateCompletion(skip),
  accumulateToolCalls: accumulateToolCalls(skip),
};

// The clock counts other processes, the processor time other threads of this one: the smaller is closer to the truth.
/** Starts a stopwatch, which returns milliseconds. */
function stopwatch(): () => number {
  const cpu = process.cpuUsage();
  const clock = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return Math.min((user + system) / 1000, performance.now() - clock);
  };
}

let longestTurn = 0;
let isRunning = true;
let elapsed = stopwatch();
const measure = (): void => {
  longestTurn = Math.max(longestTurn, elapsed());
  elapsed = stopwatch();
  if (isRunning) setImmediate(measure);
};

function parseTime(): number {
  const line = SHAPES['content parts']?.() ?? '';
  const parsed = stopwatch();
  JSON.parse(line);
  return parsed();
}

let lefts = 0;
const tell = (end: string): void => {
  isRunning = false;
  measure();
  process.stdout.write(
    JSON.stringify({ end, lefts, longestTurn, parsed: parseTime() } satisfies HostileOutcome),
  );
};

setImmediate(() => {
  measure();
  longestTurn = 0;
  const head = { status: 200, headers: { 'content-type': 'text/event-stream' } };
  const fold = FOLDS[process.argv[3] ?? ''];
  const chunk$ = chatCompletion$(
    { transport: () => concat(of(head), reads$) },
    { model: 'any', messages: [] },
  ).pipe(tap((decoded) => (lefts += isRight(decoded) ? 0 : 1)));
  (fold === undefined ? chunk$ : chunk$.pipe(fold)).subscribe({
    error: (error: unknown) => tell(isChatError(error) ? error._tag : String(error)),
    complete: () => tell('complete'),
  });
});
