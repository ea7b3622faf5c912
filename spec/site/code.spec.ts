import { Script } from 'node:vm';

import { isLeft, isRight } from 'fp-ts/Either';
import { asyncScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import ts from 'typescript';

import { codeOf } from '../../site/playground/code';
import { CHOICES, fitting, withAdded } from '../../site/playground/operators';
import { play } from '../../site/playground/play';
import { SERVERS, settingsOf, type Settings } from '../../site/playground/settings';
import { SITUATIONS } from '../../site/playground/situations';
import { errorsOf } from '../helpers/compileExamples';

/** A value or an error of a pipe, and the virtual time of it. */
interface Emission {
  readonly at: number;
  readonly kind: 'next' | 'error';
  readonly value: unknown;
}

/** Each operator, below a retry where one fits. */
const pipes: readonly (readonly string[])[] = [
  [],
  ...CHOICES.flatMap(({ id }) => [[id], ['retry-5', id], ['content', id]]),
].filter((pipe) => fitting(pipe).length === pipe.length);

const everySettings: readonly Settings[] = [
  ...SITUATIONS.flatMap(({ id }) =>
    pipes.map((pipe): Settings => ({ server: 'ollama', situation: id, pipe, time: 'virtual' })),
  ),
  ...SERVERS.map((server): Settings => ({ server, situation: 'tools', pipe: ['calls'], time: 'virtual' })),
];

/** The emissions that the playground draws: those of the last lane. */
function drawn(settings: Settings): readonly Emission[] {
  const lane = play(settings, null).log.lanes.at(-1);
  return (lane?.marbles ?? [])
    .filter(({ kind }) => kind !== 'complete' && kind !== 'stop')
    .map(({ at, kind, value }) => ({ at, kind: kind === 'error' ? 'error' : 'next', value }));
}

/** The emissions that a program prints, in virtual time. */
function printed(code: string): readonly Emission[] {
  const emissions: Emission[] = [];
  const print =
    (kind: Emission['kind']) =>
    (value: unknown): void =>
      void emissions.push({ at: asyncScheduler.now(), kind, value: unwrapped(value) });
  const program = new Script(
    `(require, exports, console) => {${ts.transpile(code, COMMON_JS)}}`,
  ).runInThisContext() as (require: NodeJS.Require, exports: object, console: object) => void;
  new TestScheduler(() => undefined).run(({ flush }) => {
    program(require, {}, { log: print('next'), error: print('error') });
    flush();
  });
  return emissions;
}

const COMMON_JS = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS };

/** A marble has what is in an `Either`. */
function unwrapped(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('right' in value && isRight(value as never)) return value.right;
  return 'left' in value && isLeft(value as never) ? value.left : value;
}

describe('the code of the playground', () => {
  beforeEach(() => {
    // The waits of retries are random in an app.
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
  });
  afterEach(() => jest.restoreAllMocks());

  it('compiles', () => {
    // Each pipe once, and each situation and server once.
    const some = everySettings.filter(
      ({ situation, pipe }) =>
        situation === 'storm' || pipe.join() === 'retry-5,content' || pipe.join() === 'calls',
    );
    const page = [...new Set(some.map((settings) => codeOf(settings, false)))].map((code, i) => ({
      file: `code-${i}.ts`,
      line: 1,
      code,
    }));
    expect(errorsOf(page)).toEqual([]);
  }, 120_000);

  it.each(SITUATIONS.map(({ id }) => id))('prints the marbles that are drawn: %s', (situation) => {
    let count = 0;
    for (const settings of everySettings.filter((each) => each.situation === situation)) {
      const marbles = drawn(settings);
      expect([settings, printed(codeOf(settings, false))]).toEqual([settings, marbles]);
      count += marbles.length;
    }
    expect(count).toBeGreaterThan(everySettings.length / SITUATIONS.length);
  });
});

describe('an operator that is added to a pipe of the playground', () => {
  it.each([
    ['as far down as it fits', ['retry-5', 'content'], 'idle', ['retry-5', 'idle', 'content']],
    ['at the end', ['retry-5', 'content'], 'frame', ['retry-5', 'content', 'frame']],
    ['in place of the fold', ['retry-5', 'content'], 'structured', ['retry-5', 'structured']],
    ['in place of the fold above others', ['content', 'frame'], 'deltas', ['deltas', 'frame']],
    ['nowhere', ['state'], 'smooth', undefined],
  ])('is put %s', (_, pipe, id, result) => {
    expect(withAdded(pipe, id)).toEqual(result);
  });

  it('fits in the pipe at the start, if the hint of a situation names it', () => {
    const { pipe } = settingsOf('');
    const named = SITUATIONS.flatMap(({ hint }) =>
      CHOICES.filter(
        ({ code }) => hint.includes(`Add ${code}`) || hint.includes(`Add ${code.split('(')[0]} `),
      ),
    );
    expect(named.map(({ id }) => id)).toEqual(['timeout', 'idle', 'idle', 'split', 'structured']);
    expect(named.filter(({ id }) => withAdded(pipe, id) === undefined)).toEqual([]);
  });
});
