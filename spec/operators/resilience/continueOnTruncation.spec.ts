import type { Observable } from 'rxjs';

import type { ChatCompletionChunk } from '../../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../../lib/decode/decode';
import { ConnectionError, ServerError, TruncatedError } from '../../../lib/errors';
import { accumulateContent } from '../../../lib/operators/accumulate/accumulateContent';
import {
  continueOnTruncation,
  type SendRequest,
} from '../../../lib/operators/resilience/continueOnTruncation';
import type { ChatRequest } from '../../../lib/request/ChatRequest';
import type { AssistantMessage } from '../../../lib/request/Message';
import { marbles } from '../../helpers/marbles';
import { frames } from '../../helpers/frames';

const question = { role: 'user', content: 'A long story' } as const;
const request: ChatRequest = { model: 'any', messages: [question] };
const lost = new TruncatedError();

/** Answers the first request with the first stream, and so on, and records the requests. */
function answering(...answers: ReadonlyArray<Observable<Decoded<ChatCompletionChunk>>>) {
  const requests: ChatRequest[] = [];
  const send: SendRequest = (request) => {
    requests.push(request);
    const answer$ = answers[requests.length - 1];
    if (answer$ === undefined) throw new Error(`unexpected request ${requests.length}`);
    return answer$;
  };
  return { requests, send };
}

describe('continueOnTruncation', () => {
  it('sends the text so far as the last message, and continues with the text that the server adds', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const cut$ = cold('    -h-l-#    ', frames, lost);
      const rest$ = cold('        -w-f|', { ...frames, w: frames.h });
      const cutSubs = '      ^----!    ';
      const restSubs = '     -----^---!';
      const expected = '     -h-l--w-f|';
      const { requests, send } = answering(cut$, rest$);
      expectObservable(continueOnTruncation()(send)(request)).toBe(expected, { ...frames, w: frames.h });
      expectSubscriptions(cut$.subscriptions).toBe(cutSubs);
      expectSubscriptions(rest$.subscriptions).toBe(restSubs);
      flush();
      expect(requests).toEqual([
        request,
        { model: 'any', messages: [question, { role: 'assistant', content: 'Hello' }] },
      ]);
    });
  });

  it('joins the parts to one text', () => {
    marbles(({ cold, expectObservable }) => {
      const cut$ = cold('    -h-#    ', frames, lost);
      const rest$ = cold('      -l-f|', frames);
      const expected = '     -x--y--|';
      const { send } = answering(cut$, rest$);
      const result$ = continueOnTruncation()(send)(request).pipe(accumulateContent());
      expectObservable(result$).toBe(expected, { x: 'Hel', y: 'Hello' });
    });
  });

  it('continues when the connection breaks in the middle', () => {
    const broken = new ConnectionError('reset', 'body', 'ECONNRESET');
    marbles(({ cold, expectObservable }) => {
      const cut$ = cold('    -h-#    ', frames, broken);
      const rest$ = cold('      -l-f|', frames);
      const expected = '     -h--l-f|';
      const { send } = answering(cut$, rest$);
      expectObservable(continueOnTruncation()(send)(request)).toBe(expected, frames);
    });
  });

  it.each<[string, AssistantMessage, AssistantMessage]>([
    [
      'a text',
      { role: 'assistant', content: 'Say: ', prefix: true },
      { role: 'assistant', content: 'Say: Hello', prefix: true },
    ],
    [
      'parts',
      { role: 'assistant', content: [{ type: 'text', text: 'Say: ' }] },
      { role: 'assistant', content: 'Say: Hello' },
    ],
  ])('continues the last message of the request if it is the assistant’s: %s', (_, prefix, continued) => {
    marbles(({ cold, flush }) => {
      const cut$ = cold(' -h-l-#', frames, lost);
      const rest$ = cold('      -f|', frames);
      const { requests, send } = answering(cut$, rest$);
      continueOnTruncation()(send)({ ...request, messages: [question, prefix] }).subscribe();
      flush();
      expect(requests[1]?.messages).toEqual([question, continued]);
    });
  });

  it('errors as the last allowed continuation does, after the values before it', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const cut$ = cold('  -h#', frames, lost);
      const expected = '   -h-h-h#';
      const { requests, send } = answering(cut$, cut$, cut$);
      expectObservable(continueOnTruncation()(send)(request)).toBe(expected, frames, lost);
      flush();
      expect(requests.map(({ messages }) => messages[1]?.content)).toEqual([undefined, 'Hel', 'HelHel']);
    });
  });

  it('sends no continuation when `max` is 0', () => {
    marbles(({ cold, expectObservable }) => {
      const { send } = answering(cold('-h#', frames, lost));
      expectObservable(continueOnTruncation({ count: 0 })(send)(request)).toBe('-h#', frames, lost);
    });
  });

  it('tries again when a continuation is cut before it adds text', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const cut$ = cold('  -h#  ', frames, lost);
      const empty$ = cold('   -#', frames, lost);
      const rest$ = cold('     -l|', frames);
      const expected = '   -h--l|';
      const { requests, send } = answering(cut$, empty$, rest$);
      expectObservable(continueOnTruncation()(send)(request)).toBe(expected, frames);
      flush();
      expect(requests.map(({ messages }) => messages[1]?.content)).toEqual([undefined, 'Hel', 'Hel']);
    });
  });

  it.each([
    ['before any text', '-r-#', request],
    ['while only thinking has come', '-t-#', request],
    ['once a tool call has begun', '-h-c-#', request],
    ['once the answer has its finish reason', '-h-f-#', request],
    ['for several choices', '-h-#', { ...request, n: 2 }],
  ])('passes the error through %s', (_, answer, asking) => {
    marbles(({ cold, expectObservable }) => {
      const { send } = answering(cold(answer, frames, lost));
      expectObservable(continueOnTruncation()(send)(asking)).toBe(answer, frames, lost);
    });
  });

  it.each([
    ['of the server', new ServerError({ serverMessage: 'no' })],
    ['of a connection that was never there', new ConnectionError('refused', 'connect')],
    ['that is not of this library', new RangeError('a bug')],
  ])('passes through an error %s', (_, error) => {
    marbles(({ cold, expectObservable }) => {
      const { send } = answering(cold('-h-#', frames, error));
      expectObservable(continueOnTruncation()(send)(request)).toBe('-h-#', frames, error);
    });
  });

  it('requests the rest with the given function', () => {
    const resume = (request: ChatRequest, content: string): ChatRequest => ({
      ...request,
      extra: { continue_from: content },
    });
    marbles(({ cold, expectObservable, flush }) => {
      const { requests, send } = answering(cold('-h#', frames, lost), cold('-l|', frames));
      expectObservable(continueOnTruncation({ resume })(send)(request)).toBe('-h-l|', frames);
      flush();
      expect(requests[1]).toEqual({ ...request, extra: { continue_from: 'Hel' } });
    });
  });

  it('errors with the value that a callback throws', () => {
    const bug = new RangeError('a bug in a callback');
    const thrower = (): never => {
      throw bug;
    };
    marbles(({ cold, expectObservable }) => {
      const { send } = answering(cold('-h#', frames, lost));
      expectObservable(continueOnTruncation({ resume: thrower })(send)(request)).toBe('-h#', frames, bug);
      expectObservable(continueOnTruncation()(thrower)(request)).toBe('#', frames, bug);
    });
  });

  it('drops the text of an attempt that was restarted', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const { requests, send } = answering(cold('-hRl#', frames, lost), cold('-f|', frames));
      expectObservable(continueOnTruncation()(send)(request)).toBe('-hRl-f|', frames);
      flush();
      expect(requests[1]?.messages[1]?.content).toBe('lo');
    });
  });

  it('emits the first half again when the continuation restarts', () => {
    marbles(({ cold, expectObservable }) => {
      const { send } = answering(cold('-h#', frames, lost), cold('-l-(Rl)', frames));
      const text$ = continueOnTruncation()(send)(request).pipe(accumulateContent());
      expectObservable(text$).toBe('-a-b-(0ab)', { a: 'Hel', b: 'Hello', 0: '' });
    });
  });

  it('unsubscribes from the continuation when it is unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const cut$ = cold('   -h#   ', frames, lost);
      const rest$ = cold('     -l-l', frames);
      const unsub = '       ^---! ';
      const restSubs = '    --^-! ';
      const expected = '    -h-l-';
      const { send } = answering(cut$, rest$);
      expectObservable(continueOnTruncation()(send)(request), unsub).toBe(expected, frames);
      expectSubscriptions(rest$.subscriptions).toBe(restSubs);
    });
  });

  it('sends nothing before a subscription, and starts over for each', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const cut$ = cold('-h#', frames, lost);
      const { requests, send } = answering(cut$, cut$, cold('-l|', frames), cold('-l|', frames));
      const result$ = continueOnTruncation()(send)(request);
      expect(requests).toEqual([]);
      expectObservable(result$).toBe('-h-l|', frames);
      expectObservable(result$, '-^').toBe('--h-l|', frames);
      flush();
      expect(requests.map(({ messages }) => messages[1]?.content)).toEqual([
        undefined,
        undefined,
        'Hel',
        'Hel',
      ]);
    });
  });
});
