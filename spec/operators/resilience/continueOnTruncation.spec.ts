import type { Observable } from 'rxjs';

import type { ChatCompletionChunk } from '../../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../../lib/decode/decode';
import { ConnectionError, ServerError, TruncatedError } from '../../../lib/errors';
import { accumulateContent } from '../../../lib/operators/accumulate/accumulateContent';
import { continueOnTruncation, type Send } from '../../../lib/operators/resilience/continueOnTruncation';
import type { ChatRequest } from '../../../lib/request/ChatRequest';
import { marbles } from '../../helpers/marbles';
import { said } from '../../helpers/said';

const question = { role: 'user', content: 'A long story' } as const;
const request: ChatRequest = { model: 'any', messages: [question] };
const lost = new TruncatedError();

/** Answers the first request with the first stream, and so on, and keeps what was asked. */
function answering(...answers: ReadonlyArray<Observable<Decoded<ChatCompletionChunk>>>) {
  const asked: ChatRequest[] = [];
  const send: Send = (request) => {
    asked.push(request);
    const answer$ = answers[asked.length - 1];
    if (answer$ === undefined) throw new Error(`not expected to be asked ${asked.length} times`);
    return answer$;
  };
  return { asked, send };
}

describe('continueOnTruncation', () => {
  it('sends what came back as the last message, and goes on with what the server adds', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const cut$ = cold('    -h-l-#    ', said, lost);
      const rest$ = cold('        -w-f|', { ...said, w: said.h });
      const cutSubs = '      ^----!    ';
      const restSubs = '     -----^---!';
      const expected = '     -h-l--w-f|';
      const { asked, send } = answering(cut$, rest$);
      expectObservable(continueOnTruncation()(send)(request)).toBe(expected, { ...said, w: said.h });
      expectSubscriptions(cut$.subscriptions).toBe(cutSubs);
      expectSubscriptions(rest$.subscriptions).toBe(restSubs);
      flush();
      expect(asked).toEqual([
        request,
        { model: 'any', messages: [question, { role: 'assistant', content: 'Hello' }] },
      ]);
    });
  });

  it('makes one text of the parts', () => {
    marbles(({ cold, expectObservable }) => {
      const cut$ = cold('    -h-#    ', said, lost);
      const rest$ = cold('      -l-f|', said);
      const expected = '     -x--y--|';
      const { send } = answering(cut$, rest$);
      const result$ = continueOnTruncation()(send)(request).pipe(accumulateContent());
      expectObservable(result$).toBe(expected, { x: 'Hel', y: 'Hello' });
    });
  });

  it('goes on when the connection breaks in the middle', () => {
    const broken = new ConnectionError('reset', 'body', 'ECONNRESET');
    marbles(({ cold, expectObservable }) => {
      const cut$ = cold('    -h-#    ', said, broken);
      const rest$ = cold('      -l-f|', said);
      const expected = '     -h--l-f|';
      const { send } = answering(cut$, rest$);
      expectObservable(continueOnTruncation()(send)(request)).toBe(expected, said);
    });
  });

  it('passes the error of the last continuation it may make, with what came before it', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const cut$ = cold('  -h#', said, lost);
      const expected = '   -h-h-h#';
      const { asked, send } = answering(cut$, cut$, cut$);
      expectObservable(continueOnTruncation()(send)(request)).toBe(expected, said, lost);
      flush();
      expect(asked.map(({ messages }) => messages[1]?.content)).toEqual([undefined, 'Hel', 'HelHel']);
    });
  });

  it('makes no continuation when it may make none', () => {
    marbles(({ cold, expectObservable }) => {
      const { send } = answering(cold('-h#', said, lost));
      expectObservable(continueOnTruncation({ max: 0 })(send)(request)).toBe('-h#', said, lost);
    });
  });

  it('tries once more when a continuation is cut before it adds anything', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const cut$ = cold('  -h#  ', said, lost);
      const empty$ = cold('   -#', said, lost);
      const rest$ = cold('     -l|', said);
      const expected = '   -h--l|';
      const { asked, send } = answering(cut$, empty$, rest$);
      expectObservable(continueOnTruncation()(send)(request)).toBe(expected, said);
      flush();
      expect(asked.map(({ messages }) => messages[1]?.content)).toEqual([undefined, 'Hel', 'Hel']);
    });
  });

  it.each([
    ['before any text', '-r-#', request],
    ['while only thinking has come', '-t-#', request],
    ['once a tool call has begun', '-h-c-#', request],
    ['once the answer has its finish reason', '-h-f-#', request],
    ['for several choices', '-h-#', { ...request, n: 2 }],
  ])('passes the error %s', (_, answer, asking) => {
    marbles(({ cold, expectObservable }) => {
      const { send } = answering(cold(answer, said, lost));
      expectObservable(continueOnTruncation()(send)(asking)).toBe(answer, said, lost);
    });
  });

  it.each([
    ['of the server', new ServerError({ words: 'no', code: null, type: null, param: null })],
    ['of a connection that was never there', new ConnectionError('refused', 'connect')],
    ['that is not of this library', new RangeError('a bug')],
  ])('passes an error %s', (_, error) => {
    marbles(({ cold, expectObservable }) => {
      const { send } = answering(cold('-h-#', said, error));
      expectObservable(continueOnTruncation()(send)(request)).toBe('-h-#', said, error);
    });
  });

  it('asks for the rest as it is told to', () => {
    const resume = (request: ChatRequest, content: string): ChatRequest => ({
      ...request,
      extra: { continue_from: content },
    });
    marbles(({ cold, expectObservable, flush }) => {
      const { asked, send } = answering(cold('-h#', said, lost), cold('-l|', said));
      expectObservable(continueOnTruncation({ resume })(send)(request)).toBe('-h-l|', said);
      flush();
      expect(asked[1]).toEqual({ ...request, extra: { continue_from: 'Hel' } });
    });
  });

  it('fails with what a callback throws', () => {
    const bug = new RangeError('a bug in a callback');
    const thrower = (): never => {
      throw bug;
    };
    marbles(({ cold, expectObservable }) => {
      const { send } = answering(cold('-h#', said, lost));
      expectObservable(continueOnTruncation({ resume: thrower })(send)(request)).toBe('-h#', said, bug);
      expectObservable(continueOnTruncation()(thrower)(request)).toBe('#', said, bug);
    });
  });

  it('forgets the text of an attempt that was begun anew', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const { asked, send } = answering(cold('-hRl#', said, lost), cold('-f|', said));
      expectObservable(continueOnTruncation()(send)(request)).toBe('-hRl-f|', said);
      flush();
      expect(asked[1]?.messages[1]?.content).toBe('lo');
    });
  });

  it('says the first half again when the continuation begins anew', () => {
    marbles(({ cold, expectObservable }) => {
      const { send } = answering(cold('-h#', said, lost), cold('-l-(Rl)', said));
      const text$ = continueOnTruncation()(send)(request).pipe(accumulateContent());
      expectObservable(text$).toBe('-a-b-(0ab)', { a: 'Hel', b: 'Hello', 0: '' });
    });
  });

  it('lets go of the continuation when it is let go of', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const cut$ = cold('   -h#   ', said, lost);
      const rest$ = cold('     -l-l', said);
      const unsub = '       ^---! ';
      const restSubs = '    --^-! ';
      const expected = '    -h-l-';
      const { send } = answering(cut$, rest$);
      expectObservable(continueOnTruncation()(send)(request), unsub).toBe(expected, said);
      expectSubscriptions(rest$.subscriptions).toBe(restSubs);
    });
  });

  it('sends nothing before it is subscribed to, and begins anew for each that does', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const cut$ = cold('-h#', said, lost);
      const { asked, send } = answering(cut$, cut$, cold('-l|', said), cold('-l|', said));
      const result$ = continueOnTruncation()(send)(request);
      expect(asked).toEqual([]);
      expectObservable(result$).toBe('-h-l|', said);
      expectObservable(result$, '-^').toBe('--h-l|', said);
      flush();
      expect(asked.map(({ messages }) => messages[1]?.content)).toEqual([undefined, undefined, 'Hel', 'Hel']);
    });
  });
});
