import { left } from 'fp-ts/Either';
import { of, take, VirtualTimeScheduler, type Observable } from 'rxjs';
import {
  type Wire,
  bytesOf,
  textChunk,
  doneFrame,
  errorFrame,
  eventFrame,
  finishChunk,
  head200,
  responseHead,
  rawBytesOf,
  rawFrame,
  toolCallChunk,
  usageChunk,
} from 'rxjs-chat-completions/testing';

import type { Bytes, ResponseHead } from '../../lib/transport/transport';
import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { ChatConfig } from '../../lib/call/config';
import {
  BadJson,
  ConnectionError,
  HttpError,
  LimitError,
  ProtocolError,
  type ServerError,
  ChatTimeoutError,
  TruncatedError,
  type ChatError,
} from '../../lib/errors';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import { marbles } from '../helpers/marbles';
import { decoded, frames } from '../helpers/frames';
import { wire } from '../helpers/wire';

const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] };

/** The chunks of one response. */
const chunksOf = (answer$: Observable<ResponseHead | Bytes>, config: ChatConfig = {}) =>
  chatCompletion$({ ...config, transport: () => answer$ }, request);

const truncated = new TruncatedError();
/** Matches the error of a server, whatever its body. */
const serverError = (serverMessage: string, rest: Partial<ServerError> = {}): ServerError =>
  expect.objectContaining({
    _tag: 'ServerError',
    message: serverMessage,
    serverMessage,
    ...{ code: null, type: null, param: null, retryable: false },
    ...rest,
  }) as ServerError;

describe('chatCompletion$', () => {
  it('emits each chunk when its event has arrived, and completes at [DONE]', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' --H-h-l-f-u-(D|)', wire);
      const subs = '         ^-----------!';
      const expected = '     ----h-l-f-u-|';
      expectObservable(chunksOf(answer$)).toBe(expected, frames);
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it('emits the chunks of one read in their order, in one frame', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-a|', { ...wire, a: bytesOf('Hel', 'lo', finishChunk('stop'), doneFrame()) });
      const expected = '     --(hlf|)';
      expectObservable(chunksOf(answer$)).toBe(expected, frames);
    });
  });

  it('joins an event, a line and a character that are split between reads', () => {
    const bytes = bytesOf('né', finishChunk('stop'));
    const inside = bytes.indexOf(0xc3) + 1;
    const reads = { a: bytes.slice(0, 9), b: bytes.slice(9, inside), c: bytes.slice(inside) };
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-a-b-c---|', { H: head200, ...reads });
      const expected = '     ------(nf)|';
      expectObservable(chunksOf(answer$)).toBe(expected, { ...frames, n: decoded(textChunk('né')) });
    });
  });

  it('sends the request for each subscriber, and not before', () => {
    const transport = jest.fn<Observable<ResponseHead | Bytes>, []>();
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const answer$ = cold('H-h-f|', wire);
      transport.mockReturnValue(answer$);
      const result$ = chatCompletion$({ transport }, request);
      expect(transport).not.toHaveBeenCalled();
      expectObservable(result$).toBe('       --h-f|', frames);
      expectObservable(result$, '---^').toBe('-----h-f|', frames);
      expectSubscriptions(answer$.subscriptions).toBe(['^----!', '---^----!']);
      flush();
      expect(transport).toHaveBeenCalledTimes(2);
    });
  });

  it('stops in the middle of a read when its consumer unsubscribes', () => {
    const parse = jest.spyOn(JSON, 'parse');
    try {
      marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
        const answer$ = cold(' H-a-----|', { ...wire, a: bytesOf('Hel', 'lo', 'Hel', 'lo', 'Hel', 'lo') });
        const subs = '         ^-!      ';
        const expected = '     --(h|)   ';
        expectObservable(chunksOf(answer$).pipe(take(1))).toBe(expected, frames);
        expectSubscriptions(answer$.subscriptions).toBe(subs);
        flush();
        expect(parse).toHaveBeenCalledTimes(1);
      });
    } finally {
      parse.mockRestore();
    }
  });

  it('requests a stream and its usage', () => {
    const transport = jest.fn<Observable<ResponseHead | Bytes>, [unknown]>();
    marbles(({ cold, flush }) => {
      transport.mockReturnValue(cold('HfD|', wire));
      chatCompletion$({ transport }, request).subscribe();
      chatCompletion$({ transport }, { ...request, stream_options: { include_usage: false } }).subscribe();
      flush();
    });
    const [first, second] = transport.mock.calls.map(([sent]) => sent as { readonly body: string });
    expect(first).toEqual({
      failure: expect.any(Function) as unknown,
      method: 'POST',
      url: 'http://localhost:11434/v1/chat/completions',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ ...request, stream: true, stream_options: { include_usage: true } }),
    });
    expect(JSON.parse(second?.body ?? '')).toEqual({ ...request, stream: true });
  });
});

describe('the end of a stream', () => {
  it('is [DONE], even if the connection stays open, which is drained for 100 ms', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' H-h-f-D 29s |', wire);
      const subs = '         ^----- 100ms !';
      const expected = '     --h-f-|';
      expectObservable(chunksOf(answer$)).toBe(expected, frames);
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it('is [DONE] in a named event as well', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-f-d 29s |', { ...wire, d: rawBytesOf('event: done\ndata: [DONE]\n\n') });
      const expected = '     --f-|';
      expectObservable(chunksOf(answer$)).toBe(expected, frames);
    });
  });

  it('aborts a connection that continues after [DONE]', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' H-f-D-x-x-x', { ...wire, x: new Uint8Array(40_000) });
      const subs = '         ^-------!  ';
      const expected = '     --f-|      ';
      expectObservable(chunksOf(answer$)).toBe(expected, frames);
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it('is the end of the body, after the finish reason', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-h-f-u---|', wire);
      const expected = '     --h-f-u---|';
      expectObservable(chunksOf(answer$)).toBe(expected, frames);
    });
  });

  it('is marked when [DONE] arrives without a finish reason', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-h-D-|', wire);
      const expected = '     --h-(E|)';
      expectObservable(chunksOf(answer$)).toBe(expected, frames);
    });
  });

  it('is marked when one of two choices has no finish reason', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-h-o-f-D-|', wire);
      const expected = '     --h-o-f-(E|)';
      expectObservable(chunksOf(answer$)).toBe(expected, frames);
    });
  });

  it('is an error when the body ends without both', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' H-h-u-|', wire);
      const subs = '         ^-----!';
      const expected = '     --h-u-#';
      expectObservable(chunksOf(answer$)).toBe(expected, frames, truncated);
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it('is an error when one of two choices has no finish reason, and [DONE] is missing', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-h-o-f-|', wire);
      const expected = '     --h-o-f-#';
      expectObservable(chunksOf(answer$)).toBe(expected, frames, truncated);
    });
  });

  it('is not an empty finish reason', () => {
    const empty = finishChunk('');
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-e-|', { ...wire, e: bytesOf(empty) });
      const expected = '     --e-#';
      expectObservable(chunksOf(answer$)).toBe(expected, { e: decoded(empty) }, truncated);
    });
  });

  it.each([
    ['a chunk', bytesOf(finishChunk('stop')).slice(0, -2), '(f|)'],
    ['a chunk after one line end', bytesOf(finishChunk('stop')).slice(0, -1), '(f|)'],
    ['[DONE]', rawBytesOf('data: [DONE]'), '(E|)'],
  ])('reads %s without its blank line', (_, cut, rest) => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-h-a-|', { ...wire, a: cut });
      const expected = `     --h---${rest}`;
      expectObservable(chunksOf(answer$)).toBe(expected, frames);
    });
  });

  it.each([
    ['half a chunk', bytesOf('lo').slice(0, 30)],
    ['half a [DONE]', rawBytesOf('data: [DON')],
    ['half a line', rawBytesOf('da')],
    ['[DONE] in quotes', rawBytesOf('data: "[DONE]"\n\n')],
    ['[DONE] in other quotes', rawBytesOf("data: '[DONE]'\n\n")],
    ['[DONE] in lower case', rawBytesOf('data: [done]\n\n')],
  ])('is complete at %s after the finish reason', (_, cut) => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(chunksOf(cold('H-f-(a|)', { ...wire, a: cut }))).toBe('--f-|', frames);
    });
  });

  it('is complete if the connection breaks after the finish reason', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(chunksOf(cold('H-h-f-#', wire, new Error('reset')))).toBe('--h-f-|', frames);
    });
  });

  describe('after the finish reason, on a connection that stays open,', () => {
    const asking = (
      include_usage: boolean,
      timeouts: ChatConfig['timeouts'],
      wire$: Observable<ResponseHead | Bytes>,
    ) =>
      chatCompletion$(
        { timeouts, transport: () => wire$ },
        { ...request, stream_options: { include_usage } },
      );

    it.each([
      ['without heartbeats', 'H-h-f-u------------', '--h-f-u 4999ms |'],
      ['with heartbeats', 'H-h-f-u-c-c-c-c-c-c', '--h-f-u 4999ms |'],
    ])('is complete 5 s after the usage, %s', (_, source, expected) => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold(source, wire);
        expectObservable(asking(true, undefined, source$)).toBe(expected, frames);
        // Drained for 100 ms, like any other body.
        expectSubscriptions(source$.subscriptions).toBe('^ 5105ms !');
      });
    });

    it('is complete after the grace time if no usage was requested', () => {
      marbles(({ cold, expectObservable }) => {
        expectObservable(asking(false, { grace: 4 }, cold('H-h-f-', wire))).toBe('--h-f---|', frames);
      });
    });

    it('is complete after the grace time if the server rejects the request for usage', () => {
      const profile = { name: 'x', rejects: ['stream_options'] };
      marbles(({ cold, expectObservable }) => {
        const config = { profile, timeouts: { grace: 4 } };
        expectObservable(chunksOf(cold('H-h-f-', wire), config)).toBe('--h-f---|', frames);
        expectObservable(chunksOf(cold('H-h-f-u-', wire), config)).toBe('--h-f-u---|', frames);
      });
    });

    it('counts the grace time from the last text, and not from heartbeats that are chunks', () => {
      const beat = { choices: [{ index: 0, delta: { content: '' } }] };
      const values = { ...frames, b: decoded(beat) };
      marbles(({ cold, expectObservable }) => {
        const answer = (source: string) => cold(source, { ...wire, b: bytesOf(beat) });
        expectObservable(asking(false, { grace: 5 }, answer('H-f-u-b-b-b-b-'))).toBe('--f-u-b-b|', values);
        expectObservable(asking(true, { grace: 2, idle: 5 }, answer('H-f-b-b-b-b-'))).toBe(
          '--f-b-b|',
          values,
        );
        expectObservable(asking(false, { grace: 5 }, answer('H-f-l-b-b-b-b-'))).toBe('--f-l-b-b|', values);
      });
    });

    it('counts the grace time from the usage', () => {
      marbles(({ cold, expectObservable }) => {
        expectObservable(asking(false, { grace: 4 }, cold('H-h-f--u-', wire))).toBe('--h-f--u---|', frames);
      });
    });

    it('waits for requested usage as long as for any activity', () => {
      marbles(({ cold, expectObservable }) => {
        expectObservable(asking(true, { grace: 4, idle: 20 }, cold('H-h-f---------u-', wire))).toBe(
          '--h-f---------u---|',
          frames,
        );
        expectObservable(asking(true, { grace: 4, idle: 20 }, cold('H-h-f-', wire))).toBe(
          '--h-f 19ms |',
          frames,
        );
        expectObservable(
          asking(true, { grace: 4, idle: 20 }, cold('H-h-f-c-c-c-c-c-c-c-c-c-c-c-c-', wire)),
        ).toBe('--h-f 19ms |', frames);
      });
    });

    it('waits for the finish reason of each choice', () => {
      marbles(({ cold, expectObservable }) => {
        const error = new ChatTimeoutError('idle', 20);
        expectObservable(asking(false, { grace: 4, idle: 20 }, cold('H-h-o-f-', wire))).toBe(
          '--h-o-f 19ms #',
          frames,
          error,
        );
        expectObservable(
          asking(
            false,
            { grace: 4, idle: 20 },
            cold('H-h-o-f-g-', { ...wire, g: bytesOf(finishChunk('stop', { choice: 1 })) }),
          ),
        ).toBe('--h-o-f-g---|', frames);
      });
    });
  });

  it('emits the chunks received before the connection breaks', () => {
    const reset = new Error('reset');
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-h-#', wire, reset);
      const expected = '     --h-#';
      const lost = new ConnectionError('the transport failed: reset', 'body');
      expectObservable(chunksOf(answer$)).toBe(expected, frames, lost);
    });
  });

  it('ignores a connection that breaks after [DONE]', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-f-D-#', wire, new Error('reset'));
      const expected = '     --f-|';
      expectObservable(chunksOf(answer$)).toBe(expected, frames);
    });
  });
});

describe('an error in a stream', () => {
  it.each<readonly [by: string, words: string, rest: Partial<ServerError>, frame: Wire]>([
    [
      'llama.cpp',
      'Context size has been exceeded.',
      { code: 500, type: 'server_error', retryable: true },
      eventFrame({ error: { code: 500, message: 'Context size has been exceeded.', type: 'server_error' } }),
    ],
    [
      'Groq',
      'Tool choice is required',
      { code: 'tool_use_failed', type: 'invalid_request_error' },
      eventFrame(
        {
          error: {
            message: 'Tool choice is required',
            type: 'invalid_request_error',
            code: 'tool_use_failed',
          },
        },
        'error',
      ),
    ],
    [
      'GPUStack',
      'failed to decode',
      {},
      rawFrame('error: {"detail":"no","error":{"message":"failed to decode"}}\n\n'),
    ],
    ['Venice', 'no such model', {}, eventFrame({ error: 'no such model' })],
    [
      'Mistral',
      'no',
      { code: '1500', type: 'invalid' },
      eventFrame({ object: 'error', message: 'no', type: 'invalid', code: '1500' }),
    ],
    [
      'a server that names it and says it in words',
      'out of memory',
      {},
      rawFrame('event: error\ndata: out of memory\n\n'),
    ],
    ['a server that names it and has no error field', 'no', {}, eventFrame({ message: 'no' }, 'error')],
    [
      'a rate limit',
      'slow down',
      { code: 429, retryable: true },
      eventFrame({ error: { message: 'slow down', code: 429 } }),
    ],
  ])('ends it, as %s writes it', (_, words, rest, frame) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' H-h-e-l-f-|', { ...wire, e: bytesOf(frame) });
      const subs = '         ^-----!    ';
      const expected = '     --h---#    ';
      expectObservable(chunksOf(answer$)).toBe(expected, frames, serverError(words, rest));
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it('arrives after the chunks of its read', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-a-|', { ...wire, a: bytesOf('Hel', 'lo', errorFrame('no'), 'lo') });
      const expected = '     --(hl#)';
      expectObservable(chunksOf(answer$)).toBe(
        expected,
        frames,
        serverError('no', { type: 'server_error', retryable: true }),
      );
    });
  });

  it('beside choices is a chunk first, as OpenRouter writes it', () => {
    const both = { ...textChunk('lo'), error: { code: 502, message: 'Provider returned error' } };
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-h-e-D|', { ...wire, e: bytesOf(both) });
      const expected = '     --h-l-#';
      const error = serverError('Provider returned error', { code: 502, retryable: true });
      expectObservable(chunksOf(answer$)).toBe(expected, { ...frames, l: decoded(both) }, error);
    });
  });

  it('emits usage that follows it', () => {
    const usage = usageChunk(9, 1);
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const response$ = cold('H-h-e-u-l-|', { ...wire, e: bytesOf(errorFrame('no')), u: bytesOf(usage) });
      const subs = '          ^-----!    ';
      const expected = '      --h---(u#) ';
      const values = { ...frames, u: decoded(usage) };
      expectObservable(chunksOf(response$)).toBe(
        expected,
        values,
        serverError('no', { type: 'server_error', retryable: true }),
      );
      expectSubscriptions(response$.subscriptions).toBe(subs);
    });
  });

  it('waits at most 100 ms for usage', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const response$ = cold('H-h-e-', { ...wire, e: bytesOf(errorFrame('no')) });
      const subs = '          ^ 103ms !';
      const expected = '      --h 101ms #';
      expectObservable(chunksOf(response$)).toBe(
        expected,
        frames,
        serverError('no', { type: 'server_error', retryable: true }),
      );
      expectSubscriptions(response$.subscriptions).toBe(subs);
    });
  });

  it('is the reason even if the connection breaks after it', () => {
    marbles(({ cold, expectObservable }) => {
      const response$ = cold('H-h-e-#', { ...wire, e: bytesOf(errorFrame('no')) });
      const expected = '      --h---#';
      expectObservable(chunksOf(response$)).toBe(
        expected,
        frames,
        serverError('no', { type: 'server_error', retryable: true }),
      );
    });
  });

  it.each([null, '', {}, { message: '', code: '' }])('is not %j beside choices', (none) => {
    const chunk = { ...textChunk('Hel'), error: none };
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-h-f-D|', { ...wire, h: bytesOf(chunk) });
      const expected = '     --h-f-|';
      expectObservable(chunksOf(answer$)).toBe(expected, { ...frames, h: decoded(chunk) });
    });
  });

  it('is ignored after [DONE], in the same read as well', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-f-a-e|', {
        ...wire,
        a: bytesOf(doneFrame(), errorFrame('no')),
        e: bytesOf(errorFrame('no')),
      });
      const expected = '     --f-|';
      expectObservable(chunksOf(answer$)).toBe(expected, frames);
    });
  });

  it('redacts the key that the server repeats', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-e|', { ...wire, e: bytesOf(errorFrame('no such key: sk-secret')) });
      const expected = '     ---#';
      const error = serverError('no such key: ***', { type: 'server_error', retryable: true });
      expectObservable(chunksOf(answer$, { apiKey: 'sk-secret' })).toBe(expected, frames, error);
    });
  });
});

describe('a finish reason that names a failure', () => {
  it.each([
    ['network_error', true],
    ['error', true],
    ['abort', true],
    ['MALFORMED_FUNCTION_CALL', false],
  ])('is a ServerError: %s', (reason, retryable) => {
    marbles(({ cold, expectObservable }) => {
      const failed = { choices: [{ index: 0, delta: {}, finish_reason: reason }] };
      const error = serverError(`the server ended the answer with the finish reason ${reason}`, {
        code: reason,
        retryable,
      });
      const values = { ...frames, x: decoded(failed) };
      expectObservable(chunksOf(cold('H-h-x-D|', { ...wire, x: bytesOf(failed) }))).toBe(
        '--h-x-#',
        values,
        error,
      );
    });
  });
});

describe('a completion in one event', () => {
  const message = {
    role: 'assistant',
    content: 'Hello',
    tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }],
  };

  it.each([[undefined], [{}], [{ role: 'assistant', content: '' }]])(
    'is read from its message, beside the delta %j',
    (delta) => {
      const whole = {
        object: 'chat.completion',
        choices: [{ index: 0, delta, message, finish_reason: 'stop' }],
      };
      marbles(({ cold, expectObservable }) => {
        const chunk = {
          object: 'chat.completion.chunk',
          choices: [
            {
              index: 0,
              finish_reason: 'stop',
              delta: { ...message, tool_calls: [{ index: 0, ...message.tool_calls[0] }] },
            },
          ],
        };
        expectObservable(chunksOf(cold('H-x-D|', { ...wire, x: bytesOf(whole) }))).toBe('--x-|', {
          x: decoded(chunk),
        });
      });
    },
  );

  it('is not read beside deltas with text, which it repeats', () => {
    const repeated = { choices: [{ index: 0, delta: { content: '' }, message, finish_reason: 'stop' }] };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold('H-h-x-D|', { ...wire, x: bytesOf(repeated) });
      expectObservable(chunksOf(source$)).toBe('--h-x-|', { ...frames, x: decoded(repeated) });
    });
  });
});

describe('an event that is not a chunk', () => {
  it.each([
    ['a comment', rawFrame(': keep-alive\n\n')],
    ['a comment alone', rawFrame(':\n')],
    ['empty data', rawFrame('data:\n\n')],
    ['blank data', rawFrame('data:   \n\n')],
    ['a named ping', eventFrame({}, 'ping')],
    ['a named ping with data', eventFrame({ type: 'ping' }, 'ping')],
    ['an id', rawFrame('id: 7\n\n')],
    ['a name without data', rawFrame('event: message\n\n')],
  ])('is passed over: %s', (_, event) => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-x-h-x-f-x-D|', { ...wire, x: bytesOf(event) });
      const expected = '     ----h---f---|';
      expectObservable(chunksOf(answer$)).toBe(expected, frames);
    });
  });

  it('is a chunk if it has a name and choices', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-h-f-D|', { ...wire, h: bytesOf(eventFrame(textChunk('Hel'), 'completion')) });
      const expected = '     --h-f-|';
      expectObservable(chunksOf(answer$)).toBe(expected, frames);
    });
  });

  it('is a Left if it is not JSON, and the stream continues', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-x-h-f-D|', { ...wire, x: bytesOf(rawFrame('data: {"cho\n\n')) });
      const expected = '     --L-h-f-|';
      expectObservable(chunksOf(answer$)).toBe(expected, { ...frames, L: left(new BadJson('{"cho')) });
    });
  });

  it.each([
    ['{"choices":5}', 'choices: expected array, got 5'],
    ['7', 'the payload: expected object, got 7'],
    ['{"choices":[{"index":"one"}]}', 'choices/0/index: expected number, got "one"'],
  ])('is a Left if it is JSON of another kind, and the stream continues: %s', (json, message) => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-x-h-f-D|', { ...wire, x: bytesOf(rawFrame(`data: ${json}\n\n`)) });
      const expected = '     --L-h-f-|';
      const mismatch = left(expect.objectContaining({ _tag: 'SchemaMismatch', message, raw: json }));
      expectObservable(chunksOf(answer$)).toBe(expected, { ...frames, L: mismatch });
    });
  });

  it('pollutes no prototype', () => {
    const evil =
      '{"__proto__":{"polluted":1},"choices":[{"index":0,"delta":{"__proto__":{"polluted":1},"content":"Hel"}}]}';
    marbles(({ cold, flush }) => {
      chunksOf(cold('H-x-f-D|', { ...wire, x: bytesOf(rawFrame(`data: ${evil}\n\n`)) })).subscribe();
      flush();
    });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('an answer that is not a stream', () => {
  const json = (value: unknown): Uint8Array =>
    rawBytesOf(typeof value === 'string' ? value : JSON.stringify(value));
  const completion = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
  };
  const synthetic = {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
  };

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/problem+json',
  ])('is one chunk when it is a completion as %s', (type) => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-a---|', {
        H: responseHead(200, { 'content-type': type }),
        a: json(completion),
      });
      const expected = '     ------(a|)';
      expectObservable(chunksOf(answer$)).toBe(expected, { a: decoded(synthetic) });
    });
  });

  it('is marked when the completion has no finish reason', () => {
    const cut = { choices: [{ index: 0, message: { content: 'Hel' }, finish_reason: null }] };
    const chunk = {
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { content: 'Hel' }, finish_reason: null }],
    };
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' J-a-|', { ...wire, a: json(cut) });
      const expected = '     ----(aE|)';
      expectObservable(chunksOf(answer$)).toBe(expected, { ...frames, a: decoded(chunk) });
    });
  });

  it.each<[string, ResponseHead, Uint8Array, ChatError]>([
    [
      'the JSON of an error',
      wire.J,
      json({ error: { message: 'no', code: 429 } }),
      serverError('no', { code: 429, retryable: true }),
    ],
    ['the JSON of an error in words', wire.J, json({ error: 'no' }), serverError('no')],
    [
      'other JSON',
      wire.J,
      json({ models: [] }),
      new ProtocolError(
        'the response does not fit ChatCompletion: choices: expected array, got nothing; check baseURL',
        '{"models":[]}',
      ),
    ],
    [
      'half of some JSON',
      wire.J,
      json('{"choices":['),
      new ProtocolError(
        'the response is not what was requested, but text that is not JSON; check baseURL',
        '{"choices":[',
      ),
    ],
    [
      'JSON without a byte',
      wire.J,
      json(''),
      new ProtocolError(
        'the response has an empty body: read the log of the server or proxy, or check baseURL',
      ),
    ],
    [
      'a stream without a byte',
      wire.H,
      json(''),
      new ProtocolError(
        'the response has an empty body: read the log of the server or proxy, or check baseURL',
      ),
    ],
    [
      'a web page',
      responseHead(200, { 'content-type': 'text/html; charset=utf-8' }),
      json('<!doctype html><title>Log in</title>'),
      new ProtocolError(
        'the response is not what was requested, but a web page: Log in; check baseURL',
        '<!doctype html><title>Log in</title>',
      ),
    ],
    [
      'a picture',
      responseHead(200, { 'content-type': 'image/png' }),
      json('PNG'),
      new ProtocolError('the response is not what was requested, but image/png; check baseURL', 'PNG'),
    ],
    [
      'a web page without a byte',
      responseHead(200, { 'content-type': 'text/html' }),
      json(''),
      new ProtocolError(
        'the response has an empty body: read the log of the server or proxy, or check baseURL',
      ),
    ],
  ])('is an error when it is %s', (_, head, body, error) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' H-a-|', { H: head, a: body });
      const subs = '         ^---!';
      const expected = '     ----#';
      expectObservable(chunksOf(answer$)).toBe(expected, undefined, error);
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it('is an error when it is a stream of comments only', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-c-c-|', wire);
      const expected = '     ------#';
      expectObservable(chunksOf(answer$)).toBe(expected, undefined, truncated);
    });
  });

  it.each(['text/plain', 'text/plain; charset=utf-8', 'application/octet-stream', ''])(
    'is read as a stream as %j',
    (type) => {
      const head = type === '' ? { status: 200, headers: {} } : responseHead(200, { 'content-type': type });
      marbles(({ cold, expectObservable }) => {
        const answer$ = cold(' H-h-f-D|', { ...wire, H: head });
        const expected = '     --h-f-|';
        expectObservable(chunksOf(answer$)).toBe(expected, frames);
      });
    },
  );
});

describe('the limits of a stream', () => {
  const long = bytesOf(textChunk('x'.repeat(200)));

  it('end it at a line that is too long, as soon as that is known, and abort', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const parts = { a: rawBytesOf(`data: ${'x'.repeat(94)}`), b: rawBytesOf('x\n\n') };
      const answer$ = cold(' H-h-a-b-l-f|', { ...wire, ...parts, h: bytesOf(eventFrame({ choices: [] })) });
      const subs = '         ^-----!     ';
      const expected = '     --h---#     ';
      const result$ = chunksOf(answer$, { limits: { line: 100 } });
      expectObservable(result$).toBe(expected, { h: decoded({ choices: [] }) }, new LimitError('line', 100));
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it('end it at an event that is too long, after the events before it in the read', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-a-l-f|', { ...wire, a: Uint8Array.from([...wire.h, ...long]) });
      const expected = '     --(h#)';
      expectObservable(chunksOf(answer$, { limits: { event: 250 } })).toBe(
        expected,
        frames,
        new LimitError('event', 250),
      );
    });
  });

  it('end an answer that is JSON and too long', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' J-a-a-a|', { ...wire, a: rawBytesOf(`{${' '.repeat(60)}`) });
      const subs = '         ^---!   ';
      const expected = '     ----#   ';
      expectObservable(chunksOf(answer$, { limits: { answer: 100 } })).toBe(
        expected,
        frames,
        new LimitError('answer', 100),
      );
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it('keep their defaults for undefined', () => {
    const limits = { line: undefined, event: undefined, answer: undefined, errorBody: undefined };
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' H-a-a-a-a', { H: responseHead(500), a: rawBytesOf('x'.repeat(40 * 1024)) });
      const subs = '         ^---!    ';
      const expected = '     ----#    ';
      const error = expect.objectContaining({ _tag: 'HttpError', status: 500 }) as unknown;
      expectObservable(chunksOf(answer$, { limits })).toBe(expected, undefined, error);
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });
});

describe('the timeouts of a stream', () => {
  const idle = (ms: number, counts?: 'bytes' | 'events' | 'content'): ChatConfig => ({
    timeouts: { idle: ms, activity: counts },
  });

  it('allow a stall of 29 s', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-h 29s l-f-D|', wire);
      const expected = '     --h 29s l-f-|';
      expectObservable(chunksOf(answer$)).toBe(expected, frames);
    });
  });

  it('end it when no head arrives, and abort', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' 6s H-h-f|', wire);
      const subs = '         ^ 4999ms !';
      const expected = '     5s #      ';
      const error = new ChatTimeoutError('head', 5_000);
      expectObservable(chunksOf(answer$, { timeouts: { head: 5_000 } })).toBe(expected, frames, error);
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it('end it when no first event arrives, despite comments', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' H-c-c-c-c-c-h', wire);
      const subs = '         ^-------!    ';
      const expected = '     --------#    ';
      const error = new ChatTimeoutError('first', 8);
      expectObservable(chunksOf(answer$, { timeouts: { first: 8 } })).toBe(expected, frames, error);
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it('end it when it is idle', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' H-h-l------f|', wire);
      const subs = '         ^--------!   ';
      const expected = '     --h-l----#   ';
      expectObservable(chunksOf(answer$, idle(5))).toBe(expected, frames, new ChatTimeoutError('idle', 5));
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it('count comments as activity', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-h--c--c--l--f|', wire);
      const expected = '     --h--------l--f|';
      expectObservable(chunksOf(answer$, idle(5))).toBe(expected, frames);
    });
  });

  it('count half an event as activity', () => {
    const half = bytesOf('lo');
    marbles(({ cold, expectObservable }) => {
      const parts = { ...wire, a: half.slice(0, 9), b: half.slice(9) };
      const answer$ = cold(' H-h---a---b---f|', parts);
      const expected = '     --h-------l---f|';
      expectObservable(chunksOf(answer$, idle(5))).toBe(expected, frames);
    });
  });

  it('ignore comments when events count', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-h--c--c--l--f|', wire);
      const expected = '     --h----#';
      expectObservable(chunksOf(answer$, idle(5, 'events'))).toBe(
        expected,
        frames,
        new ChatTimeoutError('idle', 5),
      );
    });
  });

  it('ignore usage when content counts', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-h--u--u--l--f|', wire);
      const expected = '     --h--u-#';
      expectObservable(chunksOf(answer$, idle(5, 'content'))).toBe(
        expected,
        frames,
        new ChatTimeoutError('idle', 5),
      );
    });
  });

  it.each([
    ['in a list, as Google sends it', '[{"error":{"code":503,"message":"overloaded"}}]'],
    ['beside a field that does not fit', '{"id":5,"error":{"code":503,"message":"overloaded"}}'],
  ])('end it at an error frame %s', (_, frame) => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold('H-e|', { ...wire, e: rawBytesOf(`data: ${frame}\n\n`) });
      expectObservable(chunksOf(answer$)).toBe(
        '---#',
        undefined,
        serverError('overloaded', { code: 503, retryable: true }),
      );
    });
  });

  it('end it when the key does not arrive', () => {
    marbles(({ expectObservable, expectSubscriptions, cold }) => {
      const key$ = cold('-');
      const stream$ = chunksOf(cold<never>('-'), { apiKey: () => key$, timeouts: { head: 4 } });
      const message = 'apiKey returned no key within 4 ms: raise the timeout `head`';
      expectObservable(stream$).toBe('----#', undefined, new ChatTimeoutError('head', 4, message));
      expectSubscriptions(key$.subscriptions).toBe('^---!');
    });
  });

  it('end it when it takes too long in total', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' H-h-l-h-l-h-l-f|', wire);
      const subs = '         ^--------!      ';
      const expected = '     --h-l-h-l#      ';
      const error = new ChatTimeoutError('total', 9);
      expectObservable(chunksOf(answer$, { timeouts: { total: 9 } })).toBe(expected, frames, error);
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it('allow a cold server five minutes and an idle one two by default', () => {
    marbles(({ cold, expectObservable }) => {
      const first$ = cold('          H|            ', wire);
      const never$ = cold<ResponseHead>('    -             ');
      const silent$ = cold('         H-h 121s f|   ', wire);
      const open$ = cold('           H             ', wire);
      expectObservable(chunksOf(first$)).toBe(
        '-#',
        frames,
        new ProtocolError(
          'the response has an empty body: read the log of the server or proxy, or check baseURL',
        ),
      );
      expectObservable(chunksOf(never$)).toBe('300s #', frames, new ChatTimeoutError('head', 300_000));
      expectObservable(chunksOf(silent$)).toBe(
        '--h 119999ms #',
        frames,
        new ChatTimeoutError('idle', 120_000),
      );
      expectObservable(chunksOf(open$)).toBe('300s #', frames, new ChatTimeoutError('first', 300_000));
    });
  });

  it('keep their defaults for undefined', () => {
    const timeouts = {
      head: undefined,
      first: undefined,
      idle: undefined,
      total: undefined,
      grace: undefined,
      activity: undefined,
    };
    marbles(({ cold, expectObservable }) => {
      const never$ = cold<ResponseHead>('-');
      expectObservable(chunksOf(never$, { timeouts })).toBe(
        '300s #',
        frames,
        new ChatTimeoutError('head', 300_000),
      );
    });
  });

  it('set no limit at Infinity', () => {
    const timeouts = { head: Infinity, first: Infinity, idle: Infinity, total: Infinity };
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' 1h H 1h h 1h f|'.replaceAll('1h', '3600s'), wire);
      const expected = '     3600s - 3600s h 3600s f|';
      expectObservable(chunksOf(answer$, { timeouts })).toBe(expected, frames);
    });
  });

  it('set only the timers of the head and the first event for an answer that ends in one read', () => {
    const scheduler = new VirtualTimeScheduler();
    const schedule = jest.spyOn(scheduler, 'schedule');
    const read = bytesOf('Hel', 'lo', finishChunk('stop'), usageChunk(1, 2), doneFrame());
    chunksOf(of(head200, read), { timeouts: { scheduler } }).subscribe();
    expect(schedule).toHaveBeenCalledTimes(2);
  });
});

describe('a status other than 2xx', () => {
  it('is an error with the message of the server and a hint', () => {
    const fields = { code: 'model_not_found', type: 'invalid_request_error', param: 'model' };
    const body = JSON.stringify({ error: { message: 'no such model', ...fields } });
    const head = responseHead(404, { 'x-request-id': 'req-1' });
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' H-a-|', { H: head, a: rawBytesOf(body) });
      const subs = '         ^---!';
      const expected = '     ----#';
      const message = '404 no such model (run `ollama pull any`, or choose one of `ollama list`)';
      const rest = { body, message, requestId: 'req-1', retryAfterMs: null, retryable: false };
      const error = new HttpError({ status: 404, serverMessage: 'no such model', ...fields, ...rest });
      expectObservable(chunksOf(answer$)).toBe(expected, undefined, error);
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  const refused = (status: number, rest: Partial<HttpError> = {}) =>
    expect.objectContaining({ _tag: 'HttpError', status, ...rest }) as unknown;

  it('is reported after a second if its body never ends', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' H-a 29s |', { H: responseHead(503), a: rawBytesOf('busy') });
      const subs = '         ^ 999ms !';
      const expected = '     1s #';
      expectObservable(chunksOf(answer$)).toBe(
        expected,
        undefined,
        refused(503, { body: 'busy', retryable: true }),
      );
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it('is reported if its body breaks', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-a-#', { H: responseHead(500), a: rawBytesOf('no') }, new Error('reset'));
      const expected = '     ----#';
      expectObservable(chunksOf(answer$)).toBe(expected, undefined, refused(500, { body: 'no' }));
    });
  });

  it('is reported without a body', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-|', { H: responseHead(502) });
      const expected = '     --#';
      expectObservable(chunksOf(answer$)).toBe(expected, undefined, refused(502, { body: '' }));
    });
  });

  it('reads no more of its body than the limit', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' H-a-a-a-a', { H: responseHead(500), a: rawBytesOf('x'.repeat(60)) });
      const subs = '         ^---!    ';
      const expected = '     ----#    ';
      const error = refused(500, { body: 'x'.repeat(100) });
      expectObservable(chunksOf(answer$, { limits: { errorBody: 100 } })).toBe(expected, undefined, error);
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it.each([199, 300, 304, 400, 599])('may be %i', (status) => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(chunksOf(cold('H|', { H: responseHead(status) }))).toBe(
        '-#',
        undefined,
        refused(status),
      );
    });
  });

  it.each([200, 201, 299])('is not %i', (status) => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(chunksOf(cold('Hf|', { ...wire, H: responseHead(status) }))).toBe('-f|', frames);
    });
  });

  it('has the requested wait, by the clock of the pipeline', () => {
    const date = new Date(5_000).toUTCString();
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' 2s H|', { H: responseHead(429, { 'retry-after': date }) });
      const expected = '     2s -#';
      expectObservable(chunksOf(answer$)).toBe(expected, undefined, refused(429, { retryAfterMs: 2_999 }));
    });
  });
});

describe('a tool call of a stream', () => {
  it('may be complete in one chunk', () => {
    const call = toolCallChunk({ name: 'weather', arguments: { city: 'Oslo' } });
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-c-k-D|', { ...wire, c: bytesOf(call), k: bytesOf(finishChunk('tool_calls')) });
      const expected = '     --c-k-|';
      expectObservable(chunksOf(answer$)).toBe(expected, { ...frames, c: decoded(call) });
    });
  });
});
