import * as t from 'io-ts';

import { nullable } from '../codec/nullable';
import { Usage } from '../codec/Usage';

/** A message of a stored conversation: any that a conversation takes, as the history of another program may have. */
const MessageJson = t.type({ role: t.string }, 'Message');

const ResultJson = t.union(
  [
    t.type({ _tag: t.literal('Left'), left: t.unknown }),
    t.intersection([t.type({ _tag: t.literal('Right') }), t.partial({ right: t.unknown })]),
  ],
  'Result',
);

const CallJson = t.intersection(
  [
    t.type({
      id: t.string,
      name: t.string,
      status: t.keyof({
        writing: 0,
        waiting: 0,
        'needs-approval': 0,
        running: 0,
        done: 0,
        failed: 0,
        denied: 0,
      }),
      result: nullable(ResultJson),
    }),
    t.partial({ partial: t.unknown, input: t.unknown, progress: t.unknown }),
  ],
  'Call',
);

const Records = t.array(t.UnknownRecord);

const StepJson = t.intersection(
  [
    t.type({
      step: t.number,
      content: t.string,
      reasoning: t.string,
      // One with images is stored in the messages of the run, and its place here.
      message: nullable(t.union([t.number, MessageJson])),
      calls: t.array(CallJson),
    }),
    // Stored by earlier versions without them.
    t.partial({
      images: Records,
      audio: nullable(t.UnknownRecord),
      annotations: Records,
      citations: t.array(t.string),
    }),
  ],
  'Step',
);

const RunJson = t.type(
  {
    status: t.keyof({ waiting: 0, streaming: 0, done: 0, stopped: 0, failed: 0 }),
    reason: nullable(t.keyof({ answered: 0, 'cut-off': 0, 'max-steps': 0, stopped: 0, suspended: 0 })),
    steps: t.array(StepJson),
    content: t.string,
    messages: t.array(MessageJson),
    usage: nullable(Usage),
    error: t.unknown,
  },
  'Run',
);

const MetricsJson = t.type(
  {
    attempt: t.number,
    end: t.keyof({ done: 0, failed: 0, stopped: 0, restarted: 0 }),
    firstTokenMs: nullable(t.number),
    totalMs: t.number,
    tokens: t.number,
    estimated: t.boolean,
    tokensPerSecond: nullable(t.number),
  },
  'Metrics',
);

const parent = nullable(t.string);

const TurnJson = t.union(
  [
    t.type({ kind: t.literal('user'), id: t.string, parent, message: MessageJson }),
    t.type({
      kind: t.literal('assistant'),
      id: t.string,
      parent,
      run: RunJson,
      metrics: nullable(MetricsJson),
    }),
  ],
  'Turn',
);

/** Ids are counted. Nine digits leave `Number` exact, and the keys of an object in their order. */
const TurnsJson = t.refinement(
  t.record(t.string, TurnJson),
  (turns) => Object.keys(turns).every((id) => /^[1-9]\d{0,8}$/.test(id)),
  'Turns',
);

/** The next id, far below 2^53: beyond that a number is its own successor, so that a turn would be its own parent. */
const NextJson = t.refinement(t.Int, (next) => next < 1_000_000_000, 'Next');

/** The JSON form of a conversation; links between turns are not checked here. */
export const ConversationJson = t.type(
  { v: t.literal(1), turns: TurnsJson, head: nullable(t.string), next: NextJson },
  'Conversation',
);
export type ConversationJson = t.TypeOf<typeof ConversationJson>;
export type MessageJson = t.TypeOf<typeof MessageJson>;
export type TurnJson = t.TypeOf<typeof TurnJson>;
export type ResultJson = t.TypeOf<typeof ResultJson>;
export type CallJson = t.TypeOf<typeof CallJson>;
export type RunJson = t.TypeOf<typeof RunJson>;
export type StepJson = t.TypeOf<typeof StepJson>;
