import * as t from 'io-ts';
import { concat, EMPTY, lastValueFrom, map, NEVER, of, timer, toArray } from 'rxjs';

import type { ChatRequest } from '../../../lib/request/ChatRequest';
import { codecConversion, type InputConversion } from '../../../lib/tools/InputConversion';
import { runTools$ } from '../../../lib/tools/runTools';
import { marbles } from '../../helpers/marbles';
import { calling, sends } from '../../helpers/toolEvents';
import { afterTurn, answered, briefly, doneOf, request, t$, taking, w, w7 } from '../../helpers/toolRuns';

describe('runTools$: the request', () => {
  const offered = ({ tools }: ChatRequest): unknown =>
    tools?.map((each) => each.type === 'function' && each.function);

  it('offers the tools beside those of the request', async () => {
    const own = { type: 'function', function: { name: 'own' } } as const;
    const weather = taking('weather', () => [], {
      input: t.type({ city: t.string }),
      parameters: undefined,
      description: 'Now.',
    });
    const send = sends(t$);
    await lastValueFrom(runTools$(send, { ...request, tools: [own] }, [weather]));
    expect(send.requests.map(offered)).toEqual([
      [
        { name: 'own' },
        {
          name: 'weather',
          description: 'Now.',
          strict: true,
          parameters: {
            type: 'object',
            properties: { city: { type: 'string' } },
            required: ['city'],
            additionalProperties: false,
          },
        },
      ],
    ]);
  });

  it('is not strict if the schema is not, and has the options of the tool', async () => {
    const send = sends(t$);
    const loose = taking('loose', () => [], {
      input: t.type({ all: t.record(t.string, t.string) }),
      parameters: undefined,
    });
    const told = taking('told', () => [], { input: t.type({}), parameters: undefined, strict: false });
    await lastValueFrom(runTools$(send, request, [loose, told, w7]));
    const functions = send.requests[0] && offered(send.requests[0]);
    expect(functions).toMatchObject([
      { name: 'loose', parameters: { properties: { all: { type: 'object' } } } },
      { name: 'told' },
      { name: 'w', parameters: { type: 'object' } },
    ]);
    // Some gateways of Gemini respond with 400 to the field.
    expect(JSON.stringify(functions)).not.toContain('strict');
  });

  it('sends no empty list of tools', async () => {
    const send = sends(t$);
    await lastValueFrom(runTools$(send, { ...request, parallel_tool_calls: false, tool_choice: 'auto' }, []));
    expect(Object.keys(send.requests[0] ?? {})).toEqual(['model', 'messages']);
  });

  it.each<[ChatRequest['tool_choice'], unknown]>([
    ['auto', 'auto'],
    ['none', 'none'],
    ['required', undefined],
    [null as never, null],
    [{ type: 'function', function: { name: 'w' } }, undefined],
    [
      { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [] } },
      { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } },
    ],
  ])('forces a call in the first turn only: %j, then %j', async (choice, then) => {
    const send = sends(of(...calling(w)), t$);
    await lastValueFrom(runTools$(send, { ...request, tool_choice: choice }, [w7]));
    expect(send.requests.map(({ tool_choice }) => tool_choice)).toEqual([choice, then]);
  });

  it('calls prepareStep first, and keeps the conversation that it shortens', async () => {
    const send = sends(of(...calling(w)), t$);
    const { messages } = await doneOf(
      runTools$(send, request, [w7], {
        prepareStep: ({ step, request: next, steps }) =>
          of({ ...next, messages: next.messages.slice(-1), temperature: step + steps.length }, next),
      }),
    );
    expect(send.requests.map((each) => [each.messages.length, each.temperature])).toEqual([
      [1, 1],
      [1, 3],
    ]);
    expect(messages).toHaveLength(4);
  });

  it('waits for prepareStep, and sends the unchanged request if it emits none', () => {
    marbles(({ expectObservable }) => {
      const event$ = runTools$(sends(of(...calling(w)), t$), request, [w7], {
        prepareStep: ({ step }) => (step === 1 ? timer(5).pipe(map(() => request)) : EMPTY),
      });
      expectObservable(event$.pipe(briefly(), toArray())).toBe('-----(a|)', {
        a: [...afterTurn, 'w?', 'w: 7', 'w = 7', ...answered],
      });
    });
  });

  it.each([
    ['a request', { ...request, temperature: 1 }, 1],
    ['nothing', undefined as never, undefined],
  ])('takes a prepareStep that returns %s at once', async (_, prepared, temperature) => {
    const send = sends(t$);
    await lastValueFrom(runTools$(send, request, [], { prepareStep: () => prepared }));
    expect(send.requests).toMatchObject([{ messages: request.messages }]);
    expect(send.requests[0]?.temperature).toBe(temperature);
  });

  it('makes the schemas of a list of tools once', async () => {
    let made = 0;
    const parametersOf: InputConversion['parametersOf'] = (tool) => {
      made += 1;
      return codecConversion.parametersOf(tool);
    };
    const counting = taking('w', () => of(7), {
      parameters: undefined,
      conversion: { ...codecConversion, parametersOf },
    });
    await lastValueFrom(runTools$(sends(of(...calling(w)), t$), request, [counting]));
    expect(made).toBe(1);
  });

  it('takes the first list of tools that an Observable emits, which need not complete', async () => {
    const send = sends(of(...calling(w)), t$);
    await lastValueFrom(runTools$(send, request, () => concat(of([w7], []), NEVER)));
    expect(send.requests.map(offered)).toMatchObject([[{ name: 'w' }], [{ name: 'w' }]]);
  });

  it('reads the tools again for each step if they are a function', async () => {
    const send = sends(of(...calling(w)), t$);
    await lastValueFrom(
      runTools$(send, request, (step) => [taking(step === 1 ? 'w' : 'other', () => of(7))]),
    );
    expect(send.requests.map(offered)).toMatchObject([[{ name: 'w' }], [{ name: 'other' }]]);
  });
});
