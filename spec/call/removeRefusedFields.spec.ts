import { firstValueFrom, last, of, throwError } from 'rxjs';
import { scriptedTransport, type Reply, type ScriptedRequest } from 'rxjs-chat-completions/testing';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import type { ChatConfig } from '../../lib/call/config';
import { removeRefusedFields, type RemovableField } from '../../lib/call/removeRefusedFields';
import type { RefusedFieldPolicy } from '../../lib/call/RefusedFieldPolicy';
import { ollamaNative } from '../../lib/dialects/ollama/ollamaNative';
import { responses } from '../../lib/dialects/responses/responses';
import { ConnectionError, RequestError, type HttpError } from '../../lib/errors';
import { accumulateContent } from '../../lib/operators/accumulate/accumulateContent';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import { openai } from '../../lib/servers/openai';
import type { Transport } from '../../lib/transport/transport';
import { bytesOf } from '../helpers/reads';
import { marbles } from '../helpers/marbles';

const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] };

type Fields = Readonly<Record<string, unknown>>;
const bodyOf = ({ body }: ScriptedRequest): Fields => body as Fields;

/** Refuses a field as OpenAI does. */
const refusal = (field: string, status = 400): Reply => ({
  status,
  message: `Unsupported parameter: '${field}' is not supported with this model.`,
  code: 'unsupported_parameter',
});

/** A server that refuses each request with one of some fields, and what it has received. */
function refusing(...fields: readonly string[]) {
  const transport = scriptedTransport((sent) => {
    const refused = fields.find((field) => bodyOf(sent)[field] !== undefined);
    return refused === undefined ? 'Hello' : refusal(refused);
  });
  const bodies = (): readonly Fields[] => transport.requests.map(bodyOf);
  return { transport, bodies };
}

const answer = (config: ChatConfig, sent: ChatRequest = request): Promise<unknown> =>
  firstValueFrom(chatCompletion$(config, sent).pipe(accumulateContent(), last())).catch(
    (error: unknown) => error,
  );

describe('removeRefusedFields', () => {
  it('sends the request again without stream_options, requests no usage, and reports the field', async () => {
    const { transport, bodies } = refusing('stream_options');
    const onRemovedField = jest.fn();
    const onRequest = jest.fn();
    const hooks = { onRemovedField, onRequest };
    expect(await answer({ transport, hooks, refusedFields: removeRefusedFields() })).toBe('Hello');
    expect(bodies()).toEqual([
      { ...request, stream: true, stream_options: { include_usage: true } },
      { ...request, stream: true },
    ]);
    expect(onRemovedField.mock.calls).toEqual([['stream_options', expect.objectContaining({ status: 400 })]]);
    expect(onRequest).toHaveBeenCalledTimes(2);
  });

  it('does not wait for usage that it does not request', () => {
    // Without [DONE], the end of an answer with its finish reason waits for requested usage.
    const transport = scriptedTransport((sent) =>
      bodyOf(sent).stream_options === undefined
        ? {
            parts: [
              'Hello',
              { frames: { choices: [{ index: 0, finish_reason: 'stop' }] } },
              { stall: Infinity },
            ],
          }
        : refusal('stream_options'),
    );
    const config = { transport, refusedFields: removeRefusedFields(), timeouts: { grace: 5 } };
    marbles(({ expectObservable }) => {
      const text$ = chatCompletion$(config, request).pipe(accumulateContent(), last());
      expectObservable(text$).toBe('5ms (a|)', { a: 'Hello' });
    });
  });

  it.each([
    ['max_tokens', 'max_completion_tokens'],
    ['max_completion_tokens', 'max_tokens'],
  ] as const)('sends %s as %s', async (from, to) => {
    const { transport, bodies } = refusing(from);
    const config = { transport, refusedFields: removeRefusedFields() };
    expect(await answer(config, { ...request, [from]: 5 })).toBe('Hello');
    expect(bodies()).toMatchObject([{ [from]: 5 }, { [to]: 5 }]);
    expect(bodies()[1]).not.toHaveProperty(from);
  });

  it('renames a field that the profile has renamed', async () => {
    const { transport, bodies } = refusing('max_completion_tokens');
    const { profile } = openai;
    const config = { transport, profile, refusedFields: removeRefusedFields() };
    expect(await answer(config, { ...request, max_tokens: 5 })).toBe('Hello');
    expect(bodies()[1]).toMatchObject({ max_tokens: 5 });
  });

  it('never drops a limit that the server refuses under both names', async () => {
    const { transport, bodies } = refusing('max_tokens', 'max_completion_tokens');
    const config = { transport, refusedFields: removeRefusedFields(['max_tokens']) };
    expect(await answer(config, { ...request, max_tokens: 5 })).toMatchObject({
      status: 400,
      serverMessage: expect.stringContaining('max_completion_tokens') as unknown,
    });
    expect(bodies()).toHaveLength(2);
  });

  it('removes several fields, one after the other', async () => {
    const { transport, bodies } = refusing('stream_options', 'store', 'user');
    const config = { transport, refusedFields: removeRefusedFields() };
    expect(await answer(config, { ...request, store: false, user: 'me' })).toBe('Hello');
    expect(bodies()).toHaveLength(4);
    expect(bodies()[3]).toEqual({ ...request, stream: true });
  });

  it.each(['seed', 'temperature', 'parallel_tool_calls'] as const)(
    'removes %s only if it is listed',
    async (field) => {
      const sent: ChatRequest = { ...request, seed: 1, temperature: 1, parallel_tool_calls: false };
      const { transport, bodies } = refusing(field);
      expect(await answer({ transport, refusedFields: removeRefusedFields() }, sent)).toMatchObject({
        status: 400,
      });
      expect(await answer({ transport, refusedFields: removeRefusedFields([field]) }, sent)).toBe('Hello');
      expect(bodies()).toHaveLength(3);
    },
  );

  it.each(['messages', 'model', 'tools', 'response_format', 'stream'])('never removes %s', async (field) => {
    const { transport, bodies } = refusing(field);
    const sent: ChatRequest = {
      ...request,
      tools: [{ type: 'function', function: { name: 'f' } }],
      response_format: { type: 'json_object' },
    };
    expect(await answer({ transport, refusedFields: removeRefusedFields() }, sent)).toMatchObject({
      status: 400,
    });
    expect(bodies()).toHaveLength(1);
    expect(() => removeRefusedFields([field as RemovableField])).toThrow(
      new RequestError(
        `removeRefusedFields cannot remove ${field}: a request without it has another meaning, leave it out of the fields`,
      ),
    );
  });

  describe.each([
    [
      'the Responses API',
      responses,
      "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
    ],
    ['the Responses API', responses, "Unknown parameter: 'reasoning'."],
    ["Ollama's own API", ollamaNative, '"llama3.2" does not support thinking'],
  ] as const)('in %s', (_, dialect, message) => {
    /** A server that refuses reasoning, and the bodies that it has received. */
    const withoutReasoning = () => {
      const received: unknown[] = [];
      const transport = dialect(({ body = '' }) => {
        const { reasoning, think } = JSON.parse(body) as Fields;
        received.push(reasoning ?? think);
        const isRefused = (reasoning ?? think) !== undefined;
        const error = { error: { message, type: 'invalid_request_error' } };
        const head = { status: isRefused ? 400 : 200, headers: { 'content-type': 'application/json' } };
        return of(head, bytesOf(JSON.stringify(isRefused ? error : ANSWER)));
      });
      return { transport, received };
    };
    const ANSWER = {
      message: { content: 'Hello' },
      done: true,
      output: [{ type: 'message', content: 'Hello' }],
    };

    it.each([
      ['reasoning_effort', { reasoning_effort: 'high' }],
      ['reasoning', { extra: { reasoning: { effort: 'high' } } }],
    ] as const)(`removes %s after "${message}"`, async (field, fields) => {
      const { transport, received } = withoutReasoning();
      const onRemovedField = jest.fn();
      const config = { transport, hooks: { onRemovedField }, refusedFields: removeRefusedFields([field]) };
      expect(await answer(config, { ...request, ...fields })).toBe('Hello');
      expect(received).toEqual([expect.anything(), undefined]);
      expect(onRemovedField.mock.calls).toEqual([[field, expect.objectContaining({ status: 400 })]]);
    });

    it(`removes nothing that is not listed after "${message}"`, async () => {
      const { transport, received } = withoutReasoning();
      const sent: ChatRequest = { ...request, reasoning_effort: 'high' };
      const config = { transport, refusedFields: removeRefusedFields() };
      expect(await answer(config, sent)).toMatchObject({ status: 400 });
      expect(received).toHaveLength(1);
    });
  });

  it.each([
    ['text.verbosity', 'Hello'],
    ['text.format', { status: 400 }],
    ['max_output_tokens', { status: 400 }],
    ['input', { status: 400 }],
  ] as const)('treats %s of the Responses API as the field it is translated from', async (name, expected) => {
    const bodies: Fields[] = [];
    const transport = responses(({ body = '' }) => {
      bodies.push(JSON.parse(body) as Fields);
      const isRefused = name !== 'text.verbosity' || bodies.length === 1;
      const head = { status: isRefused ? 400 : 200, headers: { 'content-type': 'application/json' } };
      const error = { error: { message: `Unsupported parameter: '${name}'` } };
      return of(
        head,
        bytesOf(JSON.stringify(isRefused ? error : { output: [{ type: 'message', content: 'Hello' }] })),
      );
    });
    const sent: ChatRequest = {
      ...request,
      max_tokens: 5,
      verbosity: 'low',
      response_format: { type: 'json_object' },
    };
    const refusedFields = removeRefusedFields(['max_tokens', 'verbosity']);
    const found = await answer({ transport, refusedFields }, sent);
    if (typeof expected === 'string') expect(found).toBe(expected);
    else expect(found).toMatchObject(expected);
    expect(bodies.map(({ text }) => text)).toEqual([
      { format: { type: 'json_object' }, verbosity: 'low' },
      ...(expected === 'Hello' ? [{ format: { type: 'json_object' } }] : []),
    ]);
  });

  it('fails with the error if the request does not have the field, or its profile removes it', async () => {
    const transport = scriptedTransport(refusal('store'));
    const config = { transport, refusedFields: removeRefusedFields() };
    expect(await answer(config)).toMatchObject({ status: 400 });
    const profile = { name: 'mine', rejects: ['store'] };
    expect(await answer({ ...config, profile }, { ...request, store: true })).toMatchObject({ status: 400 });
    expect(transport.requests).toHaveLength(2);
  });

  it('fails with the error if the server refuses a field that is not sent any more', async () => {
    const transport = scriptedTransport(refusal('store'));
    const always: RefusedFieldPolicy = () => ({ field: 'store' });
    for (const refusedFields of [removeRefusedFields(), always]) {
      expect(await answer({ transport, refusedFields }, { ...request, store: true })).toMatchObject({
        status: 400,
      });
    }
    expect(transport.requests).toHaveLength(4);
  });

  it('sends the field again in the next call', async () => {
    const { transport, bodies } = refusing('stream_options');
    const config = { transport, refusedFields: removeRefusedFields() };
    await answer(config);
    await answer(config);
    expect(bodies().map((body) => 'stream_options' in body)).toEqual([true, false, true, false]);
  });

  it('applies to calls that are not streamed', async () => {
    const { transport } = refusing('store');
    const config = { transport, refusedFields: removeRefusedFields() };
    const completed = await firstValueFrom(completion$(config, { ...request, store: true }));
    expect(completed.choices[0]?.message?.content).toBe('Hello');
  });

  it('does nothing without the policy', async () => {
    const { transport, bodies } = refusing('stream_options');
    expect(await answer({ transport })).toMatchObject({ status: 400 });
    expect(bodies()).toHaveLength(1);
  });

  it('reads the key once for all attempts', async () => {
    const apiKey = jest.fn(() => 'key');
    const { transport } = refusing('stream_options');
    await answer({ transport, apiKey, refusedFields: removeRefusedFields() });
    expect(apiKey).toHaveBeenCalledTimes(1);
  });

  it('ends the call with a value that the policy or the hook throws', async () => {
    const bug = new RangeError('a bug in a policy');
    const { transport } = refusing('stream_options');
    const fail = (): never => {
      throw bug;
    };
    expect(await answer({ transport, refusedFields: fail })).toBe(bug);
    const hooks = { onRemovedField: fail };
    expect(await answer({ transport, hooks, refusedFields: removeRefusedFields() })).toBe(bug);
  });

  it('fails with the error if a policy in JavaScript returns nothing', async () => {
    const { transport } = refusing('stream_options');
    const refusedFields = (() => undefined) as unknown as RefusedFieldPolicy;
    expect(await answer({ transport, refusedFields })).toMatchObject({ _tag: 'HttpError', status: 400 });
  });

  it('leaves a lost connection as it is', async () => {
    const transport: Transport = () => throwError(() => new ConnectionError('lost', 'connect'));
    const refusedFields = jest.fn(() => null);
    expect(await answer({ transport, refusedFields })).toMatchObject({ _tag: 'ConnectionError' });
    expect(refusedFields).not.toHaveBeenCalled();
  });

  it('accepts no misspelt field', () => {
    // @ts-expect-error: temperature
    removeRefusedFields(['temprature']);
    // @ts-expect-error: never removed
    expect(() => removeRefusedFields(['messages'])).toThrow(RequestError);
    removeRefusedFields(['top_k', 'reasoning_effort']);
    const reasons: Array<string | HttpError> = [];
    const config: ChatConfig = {
      hooks: {
        onRemovedField: (_, reason) => reasons.push('_tag' in reason ? reason : reason.name),
      },
    };
    expect(config.hooks).toBeDefined();
  });
});
