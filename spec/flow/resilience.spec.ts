import { takeUntil, type Observable } from 'rxjs';
import { responseHead } from 'rxjs-chat-completions/testing';

import type { Bytes, ResponseHead, Transport, TransportRequest } from '../../lib/transport/transport';
import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { ChatConfig } from '../../lib/call/config';
import { TruncatedError } from '../../lib/errors';
import { accumulateContent } from '../../lib/operators/accumulate/accumulateContent';
import { continueOnTruncation } from '../../lib/operators/resilience/continueOnTruncation';
import { fallbackTo } from '../../lib/operators/resilience/fallbackTo';
import { hedge$ } from '../../lib/operators/resilience/hedge';
import { retryChat, type PlannedRetry } from '../../lib/operators/resilience/retryChat';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import { toChatState } from '../../lib/state/toChatState';
import { marbles } from '../helpers/marbles';
import { wire } from '../helpers/wire';

const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] };
const texts = { 0: '', x: 'Hel', y: 'Hello', z: 'HelHello' };

/** Responds to the first request with the first response, and so on, and records the requests. */
function answering(...answers: ReadonlyArray<Observable<ResponseHead | Bytes>>) {
  const sent: TransportRequest[] = [];
  const transport: Transport = (request) => {
    sent.push(request);
    const answer$ = answers[sent.length - 1];
    if (answer$ === undefined) throw new Error(`not expected to be asked ${sent.length} times`);
    return answer$;
  };
  return { sent, transport };
}

describe('a call that is refused at first', () => {
  it('succeeds at the third attempt, after the delays of the server, with a new key for each', () => {
    const planned: PlannedRetry[] = [];
    let keys = 0;
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const seconds$ = cold('  ---B|', { B: responseHead(429, { 'retry-after': '2' }) });
      const ms$ = cold('       ---B|', { B: responseHead(503, { 'retry-after-ms': '1500' }) });
      const good$ = cold('     --H-h-l-f-D|', wire);
      const { sent, transport } = answering(seconds$, ms$, good$);
      const apiKey = () => cold('-(k|)', { k: `sk-${++keys}` });
      const text$ = chatCompletion$({ transport, apiKey }, request).pipe(
        retryChat({ onRetry: (retry) => planned.push(retry) }),
        accumulateContent(),
      );
      // 5 for the first refusal, 2 s, 5 for the second, 1.5 s, then a key and the answer.
      expectObservable(text$).toBe('5ms 2s 5ms 1500ms -----x-y---|', texts);
      expectSubscriptions(seconds$.subscriptions).toBe('-^---!');
      expectSubscriptions(ms$.subscriptions).toBe('5ms 2s -^---!');
      flush();
      expect(sent.map(({ headers }) => headers['authorization'])).toEqual([
        'Bearer sk-1',
        'Bearer sk-2',
        'Bearer sk-3',
      ]);
      expect(planned.map(({ error, retry, delayMs }) => [error.message, retry, delayMs])).toEqual([
        ['429 the server gave no reason', 1, 2_000],
        ['503 the server gave no reason', 2, 1_500],
      ]);
    });
  });

  it('waits for an HTTP date', () => {
    marbles(({ cold, expectObservable }) => {
      const busy$ = cold('  B|', { B: responseHead(503, { 'retry-after': new Date(3_000).toUTCString() }) });
      const good$ = cold('  Hhf|', wire);
      const { transport } = answering(busy$, good$);
      const text$ = chatCompletion$({ transport }, request).pipe(retryChat(), accumulateContent());
      expectObservable(text$).toBe('3s -x-|', texts);
    });
  });

  it('sends nothing more after an unsubscribe during a delay', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const busy$ = cold('-B|', { B: responseHead(429, { 'retry-after': '2' }) });
      const { sent, transport } = answering(busy$);
      const text$ = chatCompletion$({ transport }, request).pipe(retryChat());
      expectObservable(text$, '1s !').toBe('-');
      expectSubscriptions(busy$.subscriptions).toBe('^-!');
      flush();
      expect(sent).toHaveLength(1);
    });
  });
});

describe('a call that breaks off', () => {
  it('restarts if allowed, and resets the text', () => {
    marbles(({ cold, expectObservable }) => {
      const cut$ = cold('  H-h-|', wire);
      const good$ = cold('     H-h---l-f-D|', wire);
      const expected = '   --x---(0x)y---|';
      const { transport } = answering(cut$, good$);
      const text$ = chatCompletion$({ transport }, request).pipe(
        retryChat({ restart: true, policy: () => 0 }),
        accumulateContent(),
      );
      expectObservable(text$).toBe(expected, texts);
    });
  });

  it('is continued where it broke off, on a server that supports it', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const cut$ = cold('  H-h-|', wire);
      const rest$ = cold('     H-l-f-D|', wire);
      const expected = '   --x---y---|';
      const { sent, transport } = answering(cut$, rest$);
      const send = continueOnTruncation()((asked) => chatCompletion$({ transport }, asked));
      expectObservable(send(request).pipe(accumulateContent())).toBe(expected, texts);
      flush();
      expect((JSON.parse(sent[1]?.body ?? '') as ChatRequest).messages).toEqual([
        ...request.messages,
        { role: 'assistant', content: 'Hel' },
      ]);
    });
  });

  it('leaves its text in a state that has failed', () => {
    marbles(({ cold, expectObservable }) => {
      const cut$ = cold('  H-h---|   ', wire);
      const expected = '   w-s---(f|)';
      const state$ = chatCompletion$({ transport: () => cut$ }, request).pipe(toChatState());
      const state = (status: string, content: string, error: unknown = null): unknown =>
        expect.objectContaining({ status, content, error });
      expectObservable(state$).toBe(expected, {
        w: state('waiting', ''),
        s: state('streaming', 'Hel'),
        f: state('failed', 'Hel', new TruncatedError()),
      });
    });
  });

  it('leaves its text in a state that was stopped, and aborts the request', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' H-h---l---f-D|', wire);
      const stop$ = hot('    ----x          ');
      const subs = '         ^---!          ';
      const expected = '     w-s-(f|)       ';
      const stopped$ = chatCompletion$({ transport: () => answer$ }, request).pipe(takeUntil(stop$));
      const state = (status: string, content: string): unknown =>
        expect.objectContaining({ status, content });
      expectObservable(stopped$.pipe(toChatState())).toBe(expected, {
        w: state('waiting', ''),
        s: state('streaming', 'Hel'),
        f: state('stopped', 'Hel'),
      });
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });
});

describe('two servers', () => {
  const from = (answer$: Observable<ResponseHead | Bytes>, rest: ChatConfig = {}) =>
    chatCompletion$({ ...rest, transport: () => answer$ }, request);

  it('are hedged: the idle one is aborted at the first output of the other', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const slow$ = cold(' H 9s h-l-f-D|       ', wire);
      const fast$ = cold('      --H-h-l-f-D|   ', wire);
      const slowSubs = '   ^ 1503ms !          ';
      const fastSubs = '   1500ms ^----------!';
      const expected = '   1500ms ----x-y---|   ';
      const text$ = hedge$([from(slow$), from(fast$)], { after: 1_500 }).pipe(accumulateContent());
      expectObservable(text$).toBe(expected, texts);
      expectSubscriptions(slow$.subscriptions).toBe(slowSubs);
      expectSubscriptions(fast$.subscriptions).toBe(fastSubs);
    });
  });

  it('are called one after the other: the second if the first lacks the model', () => {
    marbles(({ cold, expectObservable }) => {
      const none$ = cold('  -N|        ', { N: responseHead(404) });
      const some$ = cold('    -H-h-f-D|', wire);
      const expected = '    -----x---|';
      expectObservable(from(none$).pipe(fallbackTo(from(some$)), accumulateContent())).toBe(expected, texts);
    });
  });

  it('are called one after the other: the second if the first stalls before its first event', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const stalled$ = cold('   H', wire);
      const some$ = cold('          H-h-f-D|', wire);
      const stalledSubs = '     ^---!';
      const expected = '        ------x---|';
      const text$ = from(stalled$, { timeouts: { first: 4 } }).pipe(
        fallbackTo(from(some$)),
        accumulateContent(),
      );
      expectObservable(text$).toBe(expected, texts);
      expectSubscriptions(stalled$.subscriptions).toBe(stalledSubs);
    });
  });
});
