import * as t from 'io-ts';
import {
  accumulateCompletion,
  accumulateContent,
  accumulateReasoning,
  accumulateToolCalls,
  chatTimeout,
  contentDeltas,
  orFail,
  orSkip,
  perFrame,
  retryChat,
  smoothText,
  splitThinking,
  toChatState,
} from 'rxjs-chat-completions';
import { structured } from 'rxjs-chat-completions/structured';
import type { CallLog } from 'rxjs-chat-completions/inspector';
import type { OperatorFunction } from 'rxjs';

/** Kinds of values that flow through a pipe. */
export type Flow = 'decoded' | 'chunk' | 'text' | 'other';

/** An operator of the playground. */
export interface Choice {
  readonly id: string;
  /** Its code, and the label of its lane. */
  readonly code: string;
  readonly accepts: readonly Flow[];
  readonly emits: Flow | 'same';
  // The flow decides what may follow what.
  readonly create: (log: CallLog) => OperatorFunction<never, unknown>;
  /** Code before the pipe. */
  readonly before?: string;
}

const Recipe = t.type({ title: t.string, servings: t.number, steps: t.array(t.string) });

/** The waits are random in an app. Here they are not, so that a link shows the same picture again. */
const options = ({ onRetry }: CallLog) => ({ onRetry, random: () => 0.5 });

const fold = (id: string, code: string, emits: Flow, create: Choice['create']): Choice => ({
  id,
  code,
  accepts: ['decoded'],
  emits,
  create,
});

export const CHOICES: readonly Choice[] = [
  fold('retry', 'retryChat()', 'decoded', (log) => retryChat(options(log))),
  fold('retry-5', 'retryChat({ count: 5 })', 'decoded', (log) => retryChat({ ...options(log), count: 5 })),
  fold('restart', 'retryChat({ restart: true })', 'decoded', (log) =>
    retryChat({ ...options(log), restart: true }),
  ),
  fold('timeout', 'chatTimeout({ first: 1_000 })', 'decoded', () => chatTimeout({ first: 1_000 })),
  fold('idle', 'chatTimeout({ idle: 1_000 })', 'decoded', () => chatTimeout({ idle: 1_000 })),
  fold('split', 'splitThinking()', 'decoded', () => splitThinking()),
  fold('deltas', 'contentDeltas()', 'other', () => contentDeltas()),
  fold('content', 'accumulateContent()', 'text', () => accumulateContent()),
  fold('content-skip', "accumulateContent({ onChunkError: 'skip' })", 'text', () =>
    accumulateContent({ onChunkError: 'skip' }),
  ),
  fold('reasoning', 'accumulateReasoning()', 'text', () => accumulateReasoning()),
  fold('calls', 'accumulateToolCalls()', 'other', () => accumulateToolCalls()),
  fold('completion', 'accumulateCompletion()', 'other', () => accumulateCompletion()),
  fold('state', 'toChatState()', 'other', () => toChatState()),
  {
    ...fold('structured', 'structured(Recipe)', 'other', () => structured(Recipe)),
    before: 'const Recipe = t.type({ title: t.string, servings: t.number, steps: t.array(t.string) });',
  },
  fold('fail', 'orFail()', 'chunk', () => orFail()),
  fold('skip', 'orSkip(() => {})', 'chunk', () => orSkip(() => undefined)),
  { id: 'smooth', code: 'smoothText()', accepts: ['text'], emits: 'same', create: () => smoothText() },
  {
    id: 'frame',
    code: 'perFrame()',
    accepts: ['decoded', 'chunk', 'text', 'other'],
    emits: 'same',
    create: () => perFrame(),
  },
];

/** Returns the operators that fit in a pipe, in order: one that does not accept what the one before emits is left out. */
export function fitting(ids: readonly string[]): readonly Choice[] {
  let flow: Flow = 'decoded';
  return ids.flatMap((id) => {
    const choice = CHOICES.find((each) => each.id === id);
    if (choice === undefined || !choice.accepts.includes(flow)) return [];
    flow = choice.emits === 'same' ? flow : choice.emits;
    return [choice];
  });
}

/**
 * Adds an operator as far down a pipe as it fits, or in place of one that it excludes, such as another fold.
 *
 * @returns The pipe; `undefined` if the operator fits nowhere.
 */
export function withAdded(pipe: readonly string[], id: string): readonly string[] | undefined {
  const places = [...pipe.keys(), pipe.length].reverse();
  const put = (place: number, removed: number) => [
    ...pipe.slice(0, place),
    id,
    ...pipe.slice(place + removed),
  ];
  return [...places.map((place) => put(place, 0)), ...places.map((place) => put(place, 1))].find(
    (candidate) => fitting(candidate).length === candidate.length,
  );
}
