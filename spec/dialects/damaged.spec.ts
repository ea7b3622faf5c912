import { isRight } from 'fp-ts/Either';
import { from, NEVER } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import type { ChatConfig } from '../../lib/call/config';
import { ollamaNative } from '../../lib/dialects/ollama/ollamaNative';
import { responses } from '../../lib/dialects/responses/responses';
import { ProtocolError, RequestError, ServerError, TruncatedError } from '../../lib/errors';
import { addChunk, emptyCompletion } from '../../lib/fold/completion';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import type { Transport } from '../../lib/transport/transport';
import { mutationsOf, type Json, type Sample } from '../helpers/mutations';
import { bytesOf, outcomeOf, type Outcome } from '../helpers/reads';

const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] };

interface Case {
  readonly dialect: (transport: Transport) => Transport;
  /** The media type of a stream. */
  readonly type: string;
  readonly payloads: readonly Json[];
  readonly completion: Json;
  readonly frame: (payload: Json) => string;
}

const created_at = '2026-08-21T18:48:22.5Z';
const head = { model: 'm', created_at, done: false };
const tool_calls = [{ id: 'c', function: { name: 'f', arguments: { a: 1 } } }];
const thought = { type: 'reasoning', id: 'rs', summary: [{ type: 'summary_text', text: 'Hm' }] };
const called = { type: 'function_call', id: 'fc', call_id: 'c', name: 'f', arguments: '{"a":1}' };
const said = { type: 'message', id: 'msg', content: [{ type: 'output_text', text: 'Hi', annotations: [] }] };
const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };
const response = {
  id: 'r',
  model: 'm',
  created_at: 1,
  status: 'completed',
  usage,
  output: [thought, called, said],
};

const cases: Readonly<Record<string, Case>> = {
  ollamaNative: {
    dialect: ollamaNative,
    type: 'application/x-ndjson',
    payloads: [
      { ...head, message: { role: 'assistant', content: '', thinking: 'Hm' } },
      { ...head, message: { content: 'Hi' }, logprobs: [{ token: 'Hi', logprob: 0 }] },
      { ...head, message: { content: '', tool_calls } },
      {
        ...head,
        message: { content: '' },
        done: true,
        done_reason: 'stop',
        prompt_eval_count: 1,
        eval_count: 2,
      },
    ],
    completion: {
      ...head,
      message: { role: 'assistant', content: 'Hi', tool_calls },
      done: true,
      done_reason: 'stop',
    },
    frame: (payload) => `${JSON.stringify(payload)}\n`,
  },
  responses: {
    dialect: responses,
    type: 'text/event-stream',
    payloads: [
      { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
      { type: 'response.output_item.added', item: { ...thought, summary: [] }, output_index: 0 },
      { type: 'response.reasoning_summary_part.added', summary_index: 0, output_index: 0 },
      { type: 'response.reasoning_summary_text.delta', delta: 'Hm', output_index: 0, summary_index: 0 },
      { type: 'response.output_item.done', item: { ...thought, encrypted_content: 'gA' }, output_index: 0 },
      { type: 'response.output_item.added', item: { ...called, arguments: '' }, output_index: 1 },
      { type: 'response.function_call_arguments.delta', delta: '{"a"', output_index: 1 },
      { type: 'response.function_call_arguments.done', arguments: '{"a":1}', output_index: 1 },
      { type: 'response.output_item.done', item: called, output_index: 1 },
      { type: 'response.output_text.delta', delta: 'Hi', output_index: 2, logprobs: [] },
      { type: 'response.output_text.annotation.added', annotation: { type: 'x' }, output_index: 2 },
      { type: 'response.output_item.done', item: said, output_index: 2 },
      { type: 'response.completed', response },
    ],
    completion: response,
    frame: (payload) => `event: ${String(payload.type)}\ndata: ${JSON.stringify(payload)}\n\n`,
  },
};
const named = Object.entries(cases);

const configOf = ({ dialect }: Case, body: string, type: string): ChatConfig => ({
  transport: dialect(() => from([{ status: 200, headers: { 'content-type': type } }, bytesOf(body)])),
});
const streamed = (
  each: Case,
  body: string,
  type = each.type,
): Outcome<unknown> & { readonly content: unknown } => {
  const outcome = outcomeOf(chatCompletion$(configOf(each, body, type), request));
  const chunks = outcome.values.flatMap((value) => (isRight(value) ? [value.right] : []));
  const { choices } = chunks.reduce((all, chunk) => addChunk(all, chunk), emptyCompletion);
  return { ...outcome, content: choices[0]?.message?.content };
};

describe.each(named)('the body of %s', (_, each) => {
  const whole = each.payloads.map(each.frame).join('');
  const page = '<html><title>Sign in</title></html>\n';
  const chunk = '{"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}';
  const completion =
    '{"object":"chat.completion","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}]}';

  it.each([
    ['with CRLF', whole.replace(/\n/g, '\r\n')],
    ['with a byte order mark', `\uFEFF${whole}`],
    ['after blank lines', `\n\r\n \n${whole}`],
    ['with blank lines between', whole.replace(/\n/g, '\n\n')],
    ['without the last line end', whole.trimEnd()],
    ['with an end of chat completions after its own', `${whole}data: [DONE]\n\n`],
  ])('is read %s', (_name, body) => {
    expect(streamed(each, body)).toMatchObject({ end: 'complete', content: 'Hi' });
  });

  it.each(['application/json', 'text/plain', 'application/octet-stream', ''])(
    'is read under the type %j',
    (type) => {
      expect(streamed(each, whole, type)).toMatchObject({ end: 'complete', content: 'Hi' });
    },
  );

  it.each([each.type, 'text/html', 'text/plain', ''])(
    'that is a web page of type %j is a ProtocolError',
    (type) => {
      const { error } = streamed(each, page, type);
      expect(error).toBeInstanceOf(ProtocolError);
      expect(error).toMatchObject({ message: expect.stringContaining('Sign in') as unknown });
    },
  );

  it.each([each.type, 'application/json', 'text/plain'])(
    'that is an error of type %j is a ServerError',
    (type) => {
      for (const body of ['{"error":{"message":"boom"}}', '{"error":"boom"}', '{"detail":"boom"}']) {
        const { error } = streamed(each, body, type);
        expect(error).toBeInstanceOf(ServerError);
        expect(error).toMatchObject({ message: 'boom' });
        expect(outcomeOf(completion$(configOf(each, body, type), request)).error).toBeInstanceOf(ServerError);
      }
    },
  );

  it('that is empty is a ProtocolError', () => {
    expect(streamed(each, '').error).toBeInstanceOf(ProtocolError);
  });

  it('that is a chat completion already is passed on', () => {
    const events = `data: ${chunk}\n\ndata: [DONE]\n\n`;
    for (const body of [events, completion]) {
      expect(streamed(each, body)).toMatchObject({ end: 'complete', content: 'Hi' });
    }
    const { values } = outcomeOf(completion$(configOf(each, completion, 'application/json'), request));
    expect(values[0]?.choices[0]?.message?.content).toBe('Hi');
  });

  it('that is one JSON value, in place of a stream, is read', () => {
    const body = JSON.stringify(each.completion);
    for (const type of ['application/json', 'text/plain', each.type]) {
      expect(streamed(each, body, type)).toMatchObject({ end: 'complete', content: 'Hi' });
    }
  });

  describe('of a request that the transport sends again', () => {
    const again = (...bodies: readonly string[]): Outcome<unknown> => {
      const head200 = { status: 200, headers: { 'content-type': each.type } };
      const parts = bodies.flatMap((body) => [head200, bytesOf(body)]);
      return outcomeOf(chatCompletion$({ transport: each.dialect(() => from(parts)) }, request));
    };

    it.each([
      ['nothing', ''],
      ['half a payload', whole.slice(0, 40)],
    ])('is that of the last response after %s', (_name, body) => {
      expect(again(body, whole)).toEqual(again(whole));
    });

    it('is a ConnectionError after a chunk', () => {
      const { error } = again(whole.slice(0, -40), whole);
      expect(error).toMatchObject({ _tag: 'ConnectionError', phase: 'body' });
    });

    it('is complete before another response', () => {
      expect(again(whole, whole)).toEqual(again(whole));
    });
  });

  it('that is neither is a ProtocolError', () => {
    const { error } = outcomeOf(completion$(configOf(each, '{"ok":true}', 'application/json'), request));
    expect(error).toBeInstanceOf(ProtocolError);
  });

  const expected = [ServerError, TruncatedError, ProtocolError];
  const isExpected = ({ end, error }: Outcome<unknown>): boolean =>
    end === 'complete' || expected.some((kind) => error instanceof kind);

  it('fails only as servers fail if a value is nested too deep to be written', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    /** The text with each of its values in turn replaced. */
    const nestedIn = (text: string): readonly string[] =>
      [...text.matchAll(/(?<=":)(?:"[^"]*"|\d+|true|false)/g)].map(
        ({ 0: value, index }) => text.slice(0, index) + deep + text.slice(index + value.length),
      );
    const streams = nestedIn(whole).map((body) => streamed(each, body));
    const completions = nestedIn(JSON.stringify(each.completion)).map((body) =>
      outcomeOf(completion$(configOf(each, body, 'application/json'), request)),
    );
    expect([...streams, ...completions].filter((outcome) => !isExpected(outcome))).toEqual([]);
    expect([...streams, ...completions].some(({ error }) => error instanceof ProtocolError)).toBe(true);
  });

  it('fails only as servers fail, whatever a field contains', () => {
    const samples = (payloads: readonly Json[]): readonly Sample[] =>
      payloads.map((__, place) => ({ name: String(place), payloads, places: [place] }));
    const wrong: string[] = [];
    let count = 0;
    for (const { label, after } of mutationsOf(samples(each.payloads))) {
      count += 1;
      if (!isExpected(streamed(each, after.map(each.frame).join('')))) wrong.push(label);
    }
    for (const { label, after } of mutationsOf(samples([each.completion]))) {
      count += 1;
      const body = JSON.stringify(after[0]);
      if (!isExpected(outcomeOf(completion$(configOf(each, body, 'application/json'), request))))
        wrong.push(label);
    }
    expect(count).toBeGreaterThan(200);
    expect(wrong).toEqual([]);
  });
});

it.each([null, '', {}, false])('an error %j beside a message of Ollama is none', (error) => {
  const each = cases['ollamaNative']!;
  const body = each.payloads.map((payload) => each.frame({ ...payload, error })).join('');
  expect(streamed(each, body)).toMatchObject({ end: 'complete', content: 'Hi' });
  const completion = JSON.stringify({ ...each.completion, error });
  expect(streamed(each, completion)).toMatchObject({ end: 'complete', content: 'Hi' });
});

describe('a request that JavaScript allows', () => {
  const sentBy = (
    dialect: Case['dialect'],
    fields: object,
  ): Outcome<unknown> & { readonly body: unknown } => {
    let body: unknown;
    const transport = dialect((sent) => {
      body = JSON.parse(sent.body ?? 'null');
      return NEVER;
    });
    return { ...outcomeOf(chatCompletion$({ transport }, { ...request, ...fields })), body };
  };
  const said = { role: 'assistant', content: 'Hi' };

  describe.each(named)('through %s', (_, { dialect }) => {
    it.each<readonly [string, object]>([
      ['messages that are text', { messages: 'Hi' }],
      ['a message of null', { messages: [null] }],
      ['a part of null', { messages: [{ role: 'user', content: [null] }] }],
      ['an image without an address', { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }],
      ['a call of null', { messages: [{ ...said, tool_calls: [null] }] }],
      ['a call without a function', { messages: [{ ...said, tool_calls: [{ id: 'c' }] }] }],
    ])('with %s is a RequestError, which no retry repeats', (__, fields) => {
      const { error, body } = sentBy(dialect, fields);
      expect(error).toBeInstanceOf(RequestError);
      expect(error).toMatchObject({ message: expect.stringContaining('cannot be translated') as unknown });
      expect(body).toBeUndefined();
    });

    it.each<readonly [string, object]>([
      ['calls', { messages: [{ ...said, tool_calls: null }] }],
      ['blocks of reasoning', { messages: [{ ...said, reasoning_details: null }] }],
      ['a format', { response_format: null }],
      ['tools', { tools: null }],
      ['a result', { messages: [{ role: 'tool', tool_call_id: 'c', content: null }] }],
    ])('may have null for %s', (__, fields) => {
      const { end, body } = sentBy(dialect, fields);
      expect(end).toBeUndefined();
      expect(JSON.stringify(body)).not.toContain('null');
    });
  });
});

describe('a history of another client', () => {
  const inputOf = (dialect: Case['dialect'], message: object): unknown => {
    let body: Readonly<Record<string, readonly unknown[]>> = {};
    const transport = dialect((sent) => {
      body = JSON.parse(sent.body ?? '{}') as typeof body;
      return NEVER;
    });
    const { error } = outcomeOf(
      chatCompletion$({ transport }, { ...request, messages: [message] } as ChatRequest),
    );
    return error ?? (body.messages ?? body.input)?.[0];
  };
  const call = (args: unknown): object => ({
    role: 'assistant',
    content: '',
    tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: args } }],
  });
  const image = (image_url: unknown): object => ({
    role: 'user',
    content: [{ type: 'image_url', image_url }],
  });

  it.each<readonly [string, unknown, object, string]>([
    ['an object', { a: 1 }, { a: 1 }, '{"a":1}'],
    ['null', null, {}, ''],
    ['absent', undefined, {}, ''],
    ['blank', ' ', {}, ' '],
  ])('has arguments that are %s', (_, args, native, text) => {
    const calls = [{ id: 'c', function: { index: 0, name: 'f', arguments: native } }];
    expect(inputOf(ollamaNative, call(args))).toMatchObject({ tool_calls: calls });
    expect(inputOf(responses, call(args))).toMatchObject({ call_id: 'c', name: 'f', arguments: text });
  });

  it.each([
    ['without an object', 'data:image/png;base64,aW1n'],
    ['in capitals', { url: 'DATA:image/png;BASE64,aW1n' }],
  ])('has an address of an image %s', (_, image_url) => {
    expect(inputOf(ollamaNative, image(image_url))).toMatchObject({ images: ['aW1n'] });
    const url = typeof image_url === 'string' ? image_url : image_url.url;
    expect(inputOf(responses, image(image_url))).toMatchObject({
      content: [{ type: 'input_image', image_url: url }],
    });
  });

  it.each([
    [
      'an image at a URL',
      { type: 'image_url', image_url: 'https://x/a.png' },
      'images at a URL: send them as data: URIs',
    ],
    [
      'reasoning',
      { type: 'thinking', thinking: [] },
      'parts of type thinking: leave them out of the messages',
    ],
  ])('has %s, and the error contains what to do', (_, part, text) => {
    const message = { role: 'assistant', content: [part] };
    expect(inputOf(ollamaNative, message)).toMatchObject({
      _tag: 'RequestError',
      message: expect.stringContaining(text) as unknown,
    });
  });
});

describe('a tool call of ollamaNative', () => {
  const each = cases.ollamaNative as Case;
  it.each([
    ['an object', { a: 1 }, '{"a":1}'],
    ['text, as servers that imitate Ollama send it', '{"a":1}', '{"a":1}'],
    ['null', null, '{}'],
    ['absent', undefined, '{}'],
  ])('has arguments that are %s', (_, args, expected) => {
    const inner = { name: 'f', arguments: args };
    // Servers that imitate Ollama send a call without a list, and its fields without a function.
    for (const tool_calls of [[{ function: inner }], { function: inner }, [inner], inner])
      expect(callOf({ content: '', tool_calls })).toEqual({ name: 'f', arguments: expected });
  });

  const callOf = (message: Json): unknown => {
    const [end] = each.payloads.slice(-1);
    const { values } = outcomeOf(
      chatCompletion$(
        configOf(each, [{ ...head, message }, end as Json].map(each.frame).join(''), each.type),
        request,
      ),
    );
    const [first] = values;
    return first && isRight(first) && first.right.choices?.[0]?.delta?.tool_calls?.[0]?.function;
  };
});

describe('a completion of ollamaNative', () => {
  it('that is not done is not complete', () => {
    const each = cases.ollamaNative as Case;
    const body = JSON.stringify({ ...each.completion, done: false });
    const { values } = outcomeOf(completion$(configOf(each, body, 'application/json'), request));
    expect(values[0]?.choices[0]?.finish_reason).toBeUndefined();
  });
});
