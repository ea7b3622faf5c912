import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

import { bundled } from '../helpers/bundled';
import type { HostileOutcome } from '../helpers/hostileLine';

// Each line is read by a process of its own.
jest.setTimeout(120_000);

const HEAP_MIB = 256;
/** The longest turn of the event loop, relative to `JSON.parse` of a line: 1 to 4. Quadratic time would be thousands. */
const MAX_TURN = 10;

const program = bundled('spec/helpers/hostileLine.ts');

async function outcomeOf(shape: string, fold: string): Promise<HostileOutcome> {
  const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MIB}`, program(), shape, fold], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, problems, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done) => child.once('close', done)),
  ]);
  expect(problems.slice(0, 500)).toBe('');
  expect(code).toBe(0);
  return JSON.parse(output) as HostileOutcome;
}

describe('a line of 16 MiB', () => {
  it.each<[shape: string, fold: string, lefts: number]>([
    ['content parts', 'accumulateCompletion', 0],
    ['reasoning details', 'accumulateCompletion', 0],
    ['choices', 'accumulateCompletion', 0],
    ['tool calls', 'toChatState', 0],
    ['logprobs', 'accumulateCompletion', 0],
    ['one tool call in many fragments', 'accumulateToolCalls', 0],
    ['text that is not JSON', 'toChatState', 1],
    ['values that do not fit', 'toChatState', 1],
  ])('of %s has a typed outcome through %s, in bounded memory and time', async (shape, fold, lefts) => {
    const outcome = await outcomeOf(shape, fold);
    expect(outcome).toMatchObject({ end: 'complete', lefts });
    expect(outcome.longestTurn / outcome.parsed).toBeLessThan(MAX_TURN);
  });

  it('that is the text of an error ends in that error, in bounded memory and time', async () => {
    const outcome = await outcomeOf('an error', 'none');
    expect(outcome).toMatchObject({ end: 'ServerError', lefts: 0 });
    expect(outcome.longestTurn / outcome.parsed).toBeLessThan(MAX_TURN);
  });
});
