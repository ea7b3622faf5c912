import { isLeft, isRight } from 'fp-ts/Either';
import { from, of } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import type { ChatCompletion } from '../../lib/codec/ChatCompletion';
import { isChatError } from '../../lib/errors';
import { contentIn } from '../../lib/fold/content';
import { reasoningIn } from '../../lib/fold/reasoning';
import { toolCallsIn } from '../../lib/fold/AccumulatedToolCall';
import { accumulateCompletion } from '../../lib/operators/accumulate/accumulateCompletion';
import { toChatState } from '../../lib/state/toChatState';
import type { Transport } from '../../lib/transport/transport';
import { mutationsOf, samplesOf, type Json, type Mutation } from '../helpers/mutations';
import { recordings, type RecordedAnswer } from '../helpers/recordings';
import { outcomeOf, type Outcome } from '../helpers/reads';

const ofKind = (kind: RecordedAnswer['kind']): readonly RecordedAnswer[] =>
  recordings.filter((answer) => answer.kind === kind);
const streams = samplesOf(ofKind('stream'), (body) =>
  body.split(/\r\n|\r|\n/).flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trim()] : [])),
);
const completions = samplesOf(ofKind('completion'), (body) => [body.trim()]);

/** Fields of the output: with another value it may differ, or the payload is rejected. */
const OUTPUT =
  /^(choices(\/\d+(\/(index|finish_reason|(delta|message)(\/(content|reasoning|reasoning_content|reasoning_details|tool_calls|function_call)(\/.*)?)?))?)?|error(\/.*)?)$/;
/** Fields inside these that are not part of the output. */
const UNREAD = /\/(extra_content|closed|signature|format|annotations)(\/|$)/;
const isOutput = (path: string): boolean => OUTPUT.test(path) && !UNREAD.test(path);

/** Containers of the output. Text or a number instead of one has no meaning. */
const CONTAINER = {
  streams: /^choices(\/\d+(\/delta(\/tool_calls(\/\d+(\/(function|custom))?)?|\/function_call)?)?)?$/,
  completions: /^choices(\/\d+(\/message(\/tool_calls(\/\d+(\/(function|custom))?)?|\/function_call)?)?)?$/,
};
/** Text of which a token may look like a number. */
const TOKENS = {
  streams: /^choices\/\d+\/delta\/.*(content|arguments)$/,
  completions: /^choices\/\d+\/message\/.*(content|arguments)$/,
};

const request = { model: 'any', messages: [] };

/** The output of an answer, as a caller receives it. */
interface Received {
  readonly output: string;
  /** Whether a payload was a `Left`, or the call errored. */
  readonly isReported: boolean;
  readonly end: string;
}

const respond =
  (type: string, body: string): Transport =>
  () =>
    of({ status: 200, headers: { 'content-type': type } }, new TextEncoder().encode(body));

function stream(payloads: readonly Json[]): Received {
  const events = payloads.map((json) => `data: ${JSON.stringify(json)}\n\n`).join('');
  const transport = respond('text/event-stream', `${events}data: [DONE]\n\n`);
  const outcome = outcomeOf(chatCompletion$({ transport }, request));
  const chunk$ = from(outcome.values.filter(isRight));
  const completion = outcomeOf(chunk$.pipe(accumulateCompletion())).values.at(-1);
  const { content, reasoning, toolCalls, finishReason } =
    outcomeOf(chunk$.pipe(toChatState())).values.at(-1) ?? {};
  return {
    output: JSON.stringify([outputOf(completion), content, reasoning, toolCalls, finishReason]),
    isReported: outcome.end === 'error' || outcome.values.some(isLeft),
    end: endOf(outcome),
  };
}

function complete([json]: readonly Json[]): Received {
  const outcome = outcomeOf(
    completion$({ transport: respond('application/json', JSON.stringify(json)) }, request),
  );
  return {
    output: JSON.stringify(outputOf(outcome.values.at(-1))),
    isReported: outcome.end === 'error',
    end: endOf(outcome),
  };
}

const outputOf = (completion: ChatCompletion | undefined): unknown =>
  completion?.choices.map((choice) => [
    contentIn(choice.message ?? {}),
    reasoningIn(choice.message ?? {}),
    toolCallsIn(choice),
    choice.finish_reason ?? null,
  ]);

function endOf({ end, error }: Outcome<unknown>): string {
  if (end !== 'error') return String(end);
  if (!isChatError(error)) throw error; // A crash.
  return error._tag;
}

/** Returns the problem of a mutation, if it has one. */
function problemOf(
  kind: keyof typeof CONTAINER,
  mutation: Mutation,
  run: (payloads: readonly Json[]) => Received,
): string | undefined {
  const { path, original, value, before, after } = mutation;
  const received = run(after);
  if (!isOutput(path)) {
    const expected = expectedOf(before, run);
    if (received.isReported && !expected.isReported) return received.end;
    return received.output === expected.output ? undefined : 'the output differs';
  }
  const isMeaningless =
    CONTAINER[kind].test(path) && isContainer(original) && (value === 'x' || typeof value === 'number');
  if (isMeaningless && !received.isReported) return 'a loss is not reported';
  const isToken = TOKENS[kind].test(path) && typeof original === 'string' && original !== '' && value === 1.5;
  return isToken && !received.output.includes('1.5') ? 'a token is lost' : undefined;
}

/** The payloads without a mutation are the same array for many mutations. */
const unmutated = new WeakMap<readonly Json[], Received>();

function expectedOf(payloads: readonly Json[], run: (payloads: readonly Json[]) => Received): Received {
  const expected = unmutated.get(payloads) ?? run(payloads);
  unmutated.set(payloads, expected);
  return expected;
}

const isContainer = (json: unknown): boolean => typeof json === 'object' && json !== null;

describe('an answer with any field replaced by any value', () => {
  it.each([
    ['streams', streams, stream],
    ['completions', completions, complete],
  ] as const)(
    'keeps its output, or coerces or reports the field: %s',
    (kind, samples, run) => {
      const problems: string[] = [];
      let count = 0;
      for (const mutation of mutationsOf(samples)) {
        const problem = problemOf(kind, mutation, run);
        if (problem !== undefined) problems.push(`${mutation.label} → ${problem}`);
        count += 1;
      }
      expect(count).toBeGreaterThan(1_000);
      expect(problems.slice(0, 20)).toEqual([]);
    },
    300_000,
  );
});
