import { isRight, match, type Either } from 'fp-ts/Either';
import { expectTypeOf } from 'expect-type';
import * as t from 'io-ts';
import { of, type Observable } from 'rxjs';

import type { ToolFailure } from '../../lib/errors';
import type { ToolEvent } from '../../lib/tools/events';
import { runTools$ } from '../../lib/tools/runTools';
import type { RunCall, RunState } from '../../lib/tools/RunState';
import { tool, type AnyTool, type OutputOf } from '../../lib/tools/tool';
import { toRunState } from '../../lib/tools/toRunState';

const weather = tool({
  name: 'weather',
  input: t.type({ city: t.string, days: t.Int }),
  run: ({ city, days }) => of({ city, celsius: days }),
  toModel: ({ celsius }) => `${celsius} °C`,
  needsApproval: ({ days }) => days > 7,
});
const time = tool({ name: 'time', input: t.partial({ zone: t.string }), run: () => Promise.resolve('noon') });

const request = { model: 'any', messages: [] };
const run$ = (): Observable<ToolEvent<typeof weather | typeof time>> =>
  runTools$(() => of(), request, [weather, time], {
    approve: (call) => {
      if (call.name === 'weather') expectTypeOf(call.input.city).toBeString();
      // @ts-expect-error no tool of that name
      return of(call.name !== 'wether');
    },
  });

describe('a tool', () => {
  it('has the types of its name, its input and its output', () => {
    expectTypeOf(weather.name).toEqualTypeOf<'weather'>();
    expect(() =>
      tool({
        name: 'wrong',
        input: t.type({ city: t.string }),
        // @ts-expect-error no such field
        run: ({ town }) => of(town),
      }),
    ).not.toThrow();
    expect(() =>
      tool({
        name: 'wrong',
        input: t.type({ city: t.string }),
        // @ts-expect-error of another type than toModel takes
        run: ({ city }) => of(city),
        toModel: (n: number) => String(n),
      }),
    ).not.toThrow();
  });

  it('with a misnamed function is an error at that name, not at the input', () => {
    expect(() =>
      tool({
        name: 'wrong',
        input: t.type({ city: t.string }),
        // @ts-expect-error its name is run
        execute: () => 'noon',
      }),
    ).not.toThrow();
  });

  it('has the output of what it returns: a value, a promise or a stream', () => {
    const input = t.type({ city: t.string });
    const object = tool({ name: 'object', input, run: ({ city }) => ({ city, celsius: 7 }) });
    expectTypeOf<OutputOf<typeof object>>().toEqualTypeOf<{ city: string; celsius: number }>();
    const list = tool({ name: 'list', input, run: ({ city }) => [city], toModel: (cities) => cities.join() });
    expectTypeOf<OutputOf<typeof list>>().toEqualTypeOf<string[]>();
    const promise = tool({ name: 'promise', input, run: async ({ city }) => Promise.resolve([city]) });
    expectTypeOf<OutputOf<typeof promise>>().toEqualTypeOf<string[]>();
    const either = tool({ name: 'either', input, run: ({ city }) => (city === '' ? 0 : of(7)) });
    expectTypeOf<OutputOf<typeof either>>().toEqualTypeOf<number>();
    const generator = tool({
      name: 'generator',
      input,
      *run({ city }) {
        yield city;
      },
    });
    expectTypeOf<OutputOf<typeof generator>>().toEqualTypeOf<string>();
    expectTypeOf<OutputOf<AnyTool>>().toEqualTypeOf<unknown>();
  });

  it('fits into a list of any tools', () => {
    const tools: readonly AnyTool[] = [weather, time];
    expect(tools).toHaveLength(2);
  });
});

describe('an event of a run', () => {
  it('is discriminated by its type, and by the name of the tool', () => {
    const read = (event: ToolEvent<typeof weather | typeof time>): unknown => {
      // @ts-expect-error no event has that type
      if (event.type === 'tool-called') return event;
      if (event.type === 'tool-call') {
        // @ts-expect-error no tool of that name
        if (event.name === 'wether') return event;
        if (event.name === 'weather') {
          expectTypeOf(event.input).toEqualTypeOf<{ city: string; days: t.Int }>();
          // @ts-expect-error a field of the other tool
          return event.input.zone;
        }
        expectTypeOf(event.input).toEqualTypeOf<{ zone?: string }>();
      }
      if (event.type === 'tool-input' && event.name === 'weather') {
        // It may not be written yet.
        expectTypeOf(event.partial.city).toEqualTypeOf<string | undefined>();
      }
      if (event.type === 'tool-progress' && event.name === 'weather') {
        expectTypeOf(event.output.celsius).toEqualTypeOf<t.Int>();
      }
      if (event.type === 'tool-result' && event.name === 'time') {
        return match(
          (failure: ToolFailure) => failure._tag,
          (noon: string) => noon,
        )(event.result);
      }
      return undefined;
    };
    expect(read({ type: 'tool-call', id: 'c0', step: 1, name: 'time', input: {} })).toBeUndefined();
  });

  it('has results that the tag of the Either narrows without the name of the tool', () => {
    const read = (call: RunCall<typeof weather | typeof time>): string => {
      if (call.result?._tag !== 'Right') return call.result?.left.message ?? '';
      expectTypeOf(call.result.right).toEqualTypeOf<string | { city: string; celsius: t.Int }>();
      return typeof call.result.right === 'string' ? call.result.right : call.result.right.city;
    };
    expect(read).toBeInstanceOf(Function);
  });

  it('folds to a state with the types of the tools', () => {
    const state$ = run$().pipe(toRunState());
    expectTypeOf(state$).toEqualTypeOf<Observable<RunState<typeof weather | typeof time>>>();
    const read = ({ steps }: RunState<typeof weather | typeof time>): unknown =>
      steps.flatMap(({ calls }) =>
        calls.map((call) => {
          if (call.name !== 'weather') return call.input?.zone;
          expectTypeOf(call.result).toEqualTypeOf<Either<
            ToolFailure,
            { city: string; celsius: t.Int }
          > | null>();
          return call.result !== null && isRight(call.result) ? call.result.right.city : undefined;
        }),
      );
    expect(
      read({ status: 'done', reason: null, steps: [], content: '', messages: [], usage: null, error: null }),
    ).toEqual([]);
  });
});
