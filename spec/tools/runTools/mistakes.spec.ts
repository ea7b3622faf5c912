import * as t from 'io-ts';
import { EMPTY, ignoreElements, of, throwError, type Observable } from 'rxjs';

import { runTools$ } from '../../../lib/tools/runTools';
import type { RunToolsOptions } from '../../../lib/tools/RunToolsOptions';
import type { AnyTool } from '../../../lib/tools/tool';
import { marbles } from '../../helpers/marbles';
import { calling, sends } from '../../helpers/toolEvents';
import { request, t$, taking, w, w7 } from '../../helpers/toolRuns';

describe('runTools$: mistakes of an app', () => {
  it.each<[string, readonly AnyTool[], RunToolsOptions, string]>([
    [
      'two tools of one name',
      [w7, w7],
      {},
      'two tools named w: rename one of them, those of MCP servers with prefix',
    ],
    [
      'a name that does not fit',
      [taking('a b', () => [])],
      {},
      'a tool named "a b": define the tool with tool(), and a name of letters, digits, _ and -, at most 64 of them',
    ],
    [
      'no name',
      [taking('', () => [])],
      {},
      'a tool named "": define the tool with tool(), and a name of letters, digits, _ and -, at most 64 of them',
    ],
    [
      'the definition of a tool in its place',
      [{ type: 'function', function: { name: 'w' } } as never],
      {},
      'a tool named undefined: define the tool with tool(), and a name of letters, digits, _ and -, at most 64 of them',
    ],
    [
      'a name that is too long',
      [taking('x'.repeat(65), () => [])],
      {},
      `a tool named "${'x'.repeat(65)}": define the tool with tool(), and a name of letters, digits, _ and -, at most 64 of them`,
    ],
    [
      'an input that is no object',
      [taking('w', () => [], { input: t.string, parameters: undefined })],
      {},
      'w: the input is string, and has to be an object: wrap it in t.type',
    ],
    [
      'an input without a schema',
      [taking('w', () => [], { input: t.type({ f: t.Function }), parameters: undefined })],
      {},
      'w: f: no schema for Function: annotate(codec, { type: … })',
    ],
    [
      'an input that is not described',
      [{ name: 'w', input: t.type({}), run: () => [] }],
      {},
      'w: no schema: define the tool with tool(), or with parameters',
    ],
    ['no tools', undefined as never, {}, 'tools must be a list of tools, or a function that returns one'],
    [
      'a tool that was not imported',
      [undefined as never],
      {},
      'tools must be a list of tools, or a function that returns one',
    ],
    [
      'a tool whose run has another name',
      [{ name: 'w', parameters: {}, execute: () => [] } as never],
      {},
      'w: run must be a function',
    ],
    [
      'an input that is a JSON schema',
      [taking('w', () => [], { input: { type: 'object' } as never, parameters: undefined })],
      {},
      'w: input must be a codec of io-ts, such as t.type({ name: t.string }), not a JSON schema',
    ],
    [
      'a JSON schema without an input',
      [taking('w', () => [], { input: undefined as never })],
      {},
      'w: input must be a codec of io-ts, such as t.type({ name: t.string }), not a JSON schema',
    ],
    ['no steps', [], { maxSteps: 0 }, 'maxSteps: expected a positive integer, got 0'],
    ['half a concurrency', [], { concurrency: 0.5 }, 'concurrency: expected a positive integer, got 0.5'],
  ])('fails at subscription at %s', (_, tools, options, message) => {
    marbles(({ expectObservable }) => {
      const error = expect.objectContaining({ _tag: 'RequestError', message }) as unknown;
      expectObservable(runTools$(sends(t$), request, tools, options)).toBe('#', undefined, error);
    });
  });

  it.each<[string, readonly unknown[], RegExp]>([
    ['send and request are in the place of the other', [request, sends(t$), []], /^send must return chunks/],
    ['send is a call', [EMPTY, request, []], /^send must return chunks/],
    ['tools and request are in the place of the other', [sends(t$), [], request], /list of messages$/],
    ['the request is missing', [sends(t$)], /list of messages$/],
    ['the messages are a text', [sends(t$), { ...request, messages: 'Hi' }, []], /list of messages$/],
  ])('fails at subscription if %s', (_, args, message) => {
    marbles(({ expectObservable }) => {
      const error = expect.objectContaining({
        _tag: 'RequestError',
        message: expect.stringMatching(message) as unknown,
      }) as unknown;
      const run = runTools$ as (...given: readonly unknown[]) => Observable<unknown>;
      expectObservable(run(...args)).toBe('#', undefined, error);
    });
  });

  it('fails if send returns nothing', () => {
    marbles(({ expectObservable }) => {
      const error = expect.objectContaining({
        _tag: 'RequestError',
        message: 'send must return chunks: (request) => chatCompletion$(config, request)',
      }) as unknown;
      const event$ = runTools$(() => undefined as never, request, []);
      expectObservable(event$.pipe(ignoreElements())).toBe('#', undefined, error);
    });
  });

  it.each([[undefined], [[[w7]]]])('fails if the tools of a step are not a list of tools: %p', (tools) => {
    marbles(({ expectObservable }) => {
      const error = expect.objectContaining({
        _tag: 'RequestError',
        message: 'tools must be a list of tools, or a function that returns one',
      }) as unknown;
      expectObservable(runTools$(sends(t$), request, () => tools as never)).toBe('#', undefined, error);
    });
  });

  it('fails if the tools of a step complete without a list', () => {
    marbles(({ expectObservable }) => {
      const error = expect.objectContaining({ _tag: 'RequestError' }) as unknown;
      expectObservable(runTools$(sends(t$), request, () => EMPTY)).toBe('#', undefined, error);
    });
  });

  const broken = new Error('a bug');
  const breaks = (): never => {
    throw broken;
  };
  it.each<[string, RunToolsOptions, readonly AnyTool[] | (() => never)]>([
    ['prepareStep throws', { prepareStep: breaks }, [w7]],
    ['prepareStep errors', { prepareStep: () => throwError(() => broken) }, [w7]],
    ['stopWhen throws', { stopWhen: breaks }, [w7]],
    ['onToolError throws', { onToolError: breaks }, [taking('w', breaks)]],
    ['partialInputs throws', { partialInputs: breaks }, [w7]],
    ['the function of the tools throws', {}, breaks],
  ])('fails with the error if %s', (_, options, tools) => {
    marbles(({ expectObservable }) => {
      const end$ = runTools$(sends(of(...calling(w)), t$), request, tools, options).pipe(ignoreElements());
      expectObservable(end$).toBe('#', undefined, broken);
    });
  });

  it('names onToolError if it returns no text', () => {
    const onToolError = (() => undefined) as never;
    marbles(({ expectObservable }) => {
      const event$ = runTools$(sends(of(...calling(w)), t$), request, [taking('w', breaks)], { onToolError });
      const error = new TypeError('onToolError must return a text');
      expectObservable(event$.pipe(ignoreElements())).toBe('#', undefined, error);
    });
  });
});
