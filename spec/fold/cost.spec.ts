import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { addChunk, emptyCompletion } from '../../lib/fold/completion';
import { addToolCalls, noToolCalls } from '../../lib/fold/toolCalls';
import { addToState, waiting } from '../../lib/state/ChatState';

// The processor is shared with other specs.
jest.setTimeout(120_000);

type Entry = object;

const withDelta = (delta: object): Entry => ({ index: 0, delta });
const call = (fields: object): Entry =>
  withDelta({ tool_calls: [{ ...fields, function: { name: 'f', arguments: '{}' } }] });

/** The nth fragment of JSON whose string does not end; costly to copy or to read again. */
const longJson = (nth: number): string => (nth === 0 ? '{"a":"' : '}'.repeat(64));
const afterFinish = (delta: object): Entry => ({ ...withDelta(delta), finish_reason: 'stop' });

/** The nth of `count` entries of a hostile answer. */
const SHAPES: Readonly<Record<string, (nth: number, count: number) => Entry>> = {
  'content parts': (nth) => withDelta({ content: [{ type: `part ${nth}` }] }),
  'parts of reasoning': (nth) =>
    withDelta({ content: [{ type: 'thinking', thinking: [{ type: `part ${nth}` }] }] }),
  'reasoning details': (nth) => withDelta({ reasoning_details: [{ type: `block ${nth}`, data: 'a' }] }),
  choices: (nth) => ({ index: nth, delta: { content: 'a' } }),
  'choices in descending order': (nth, count) => ({ index: count - nth, delta: { content: 'a' } }),
  'tool calls': (nth) => call({ index: nth, id: `${nth}` }),
  'tool calls in descending order': (nth, count) => call({ index: count - nth, id: `${nth}` }),
  'tool calls of one index': (nth) => call({ index: 0, id: `${nth}` }),
  'tool calls without an index': (nth) => call({ id: `${nth}` }),
  annotations: (nth) => withDelta({ annotations: [{ type: `note ${nth}` }] }),
  'unknown lists': (nth) => withDelta({ own: [{ nth }] }),
  'unknown fields': (nth) => withDelta({ [`own ${nth}`]: nth }),
  logprobs: (nth) => ({ index: 0, logprobs: { content: [{ token: `${nth}` }] } }),
  'token ids': (nth) => ({ index: 0, token_ids: [nth] }),
  'finish reasons': (nth) => ({ index: 0, finish_reason: nth % 2 === 0 ? 'stop' : 'length' }),
  'fragments after the finish reason': (nth) =>
    afterFinish({ tool_calls: [{ index: 0, function: { arguments: longJson(nth) } }] }),
  'fragments of a function_call after the finish reason': (nth) =>
    afterFinish({ function_call: { arguments: longJson(nth) } }),
  'a function_call beside tool calls after the finish reason': (nth) =>
    afterFinish(
      nth % 2 === 0
        ? { tool_calls: [{ index: 0, function: { arguments: longJson(nth) } }] }
        : { function_call: { arguments: 'a' } },
    ),
  'a function beside a custom tool after the finish reason': (nth) =>
    afterFinish({
      tool_calls: [
        {
          index: 0,
          type: 'function',
          ...(nth % 2 === 0 ? { custom: { input: longJson(nth) } } : { function: { arguments: 'a' } }),
        },
      ],
    }),
};

const FOLDS: Readonly<Record<string, Fold>> = {
  addChunk: (chunks) => chunks.reduce((before, chunk) => addChunk(before, chunk), emptyCompletion),
  addToolCalls: (chunks) => chunks.reduce((before, chunk) => addToolCalls(before, chunk), noToolCalls),
  addToState: (chunks) => chunks.reduce((before, chunk) => addToState(before, chunk), waiting),
};

const entriesOf = (shape: string, count: number): readonly Entry[] =>
  Array.from({ length: count }, (_, nth) => SHAPES[shape]?.(nth, count) ?? {});

/** The processor time of a fold, in microseconds. */
function cost(fold: Fold, chunks: readonly ChatCompletionChunk[]): number {
  const before = process.cpuUsage().user;
  fold(chunks);
  return process.cpuUsage().user - before;
}

const COUNT = 1_500;
/** Linear is 4, and quadratic 16. The larger one also takes more memory, which costs more on a busy machine. */
const MAX_RATIO = 8;
/** The ratio that a quiet machine shows; more runs are made until it is reached. */
const USUAL_RATIO = 5;

type Fold = (chunks: readonly ChatCompletionChunk[]) => unknown;
type ChunksOf = (count: number) => readonly ChatCompletionChunk[];

/**
 * The lowest ratio of the costs of 4n and n. If it is high, that of a larger n counts as well: what an engine compiles or collects
 * between two runs of a millisecond may cost more than they do.
 */
function lowestRatio(fold: Fold, chunksOf: ChunksOf): number {
  const ratio = ratioAt(COUNT, fold, chunksOf);
  return ratio <= MAX_RATIO ? ratio : Math.min(ratio, ratioAt(4 * COUNT, fold, chunksOf));
}

/** The ratio at one n, of the cheapest runs so far; ends when it is low enough. */
function ratioAt(count: number, fold: Fold, chunksOf: ChunksOf): number {
  const [small, large] = [chunksOf(count), chunksOf(4 * count)];
  fold(small);
  let [smallCost, largeCost] = [Infinity, Infinity];
  for (let run = 0; run < 12; run += 1) {
    // A minimum of a millisecond: less than that cannot be measured.
    smallCost = Math.min(smallCost, Math.max(1_000, cost(fold, small), cost(fold, small)));
    largeCost = Math.min(largeCost, cost(fold, large));
    if (run > 0 && largeCost / smallCost <= USUAL_RATIO) break;
  }
  return largeCost / smallCost;
}

const cases = Object.keys(FOLDS).flatMap((fold) =>
  Object.keys(SHAPES).map((shape) => [fold, shape] as const),
);

describe.each(cases)('the cost of %s for %s', (fold, shape) => {
  const run = FOLDS[fold] ?? (() => undefined);

  it('is linear in the entries of one chunk', () => {
    expect(lowestRatio(run, (count) => [{ choices: entriesOf(shape, count) }])).toBeLessThanOrEqual(
      MAX_RATIO,
    );
  });

  it('is linear in the chunks', () => {
    const chunksOf = (count: number): readonly ChatCompletionChunk[] =>
      entriesOf(shape, count).map((entry) => ({ choices: [entry] }));
    expect(lowestRatio(run, chunksOf)).toBeLessThanOrEqual(MAX_RATIO);
  });
});
