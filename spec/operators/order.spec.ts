import {
  defer,
  identity,
  last,
  map,
  NEVER,
  race,
  retry,
  Subject,
  takeUntil,
  type Observable,
  type OperatorFunction,
} from 'rxjs';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../lib/decode/decode';
import { TruncatedError } from '../../lib/errors';
import { accumulateContent } from '../../lib/operators/accumulate/accumulateContent';
import { contentDeltas } from '../../lib/operators/accumulate/contentDeltas';
import { perFrame } from '../../lib/operators/flow/perFrame';
import { shareCompletion } from '../../lib/operators/flow/shareCompletion';
import { hedge$ } from '../../lib/operators/resilience/hedge';
import { retryChat, type PlannedRetry } from '../../lib/operators/resilience/retryChat';
import { toChatState } from '../../lib/state/toChatState';
import { marbles } from '../helpers/marbles';
import { decoded, frames } from '../helpers/frames';
import { httpError } from '../helpers/httpError';

type Chunks = Observable<Decoded<ChatCompletionChunk>>;

const lost = new TruncatedError();
const busy = httpError({ status: 429, serverMessage: 'slow down', retryAfterMs: 3, retryable: true });

/** Emits each source for one subscription, and counts the subscriptions. */
function inTurn(...sources: readonly Chunks[]): { readonly call$: Chunks; readonly requests: () => number } {
  let requests = 0;
  return { call$: defer(() => sources[requests++] ?? NEVER), requests: () => requests };
}

/** The diagrams of the doc comments: the order that works, and the one that does not. */
describe('the order of', () => {
  it('retries and deltas: RxJS retry below the deltas duplicates text', () => {
    marbles(({ cold, expectObservable }) => {
      const call = (): Chunks => inTurn(cold('-h-#', frames, lost), cold('-h-l|', frames)).call$;
      const texts = { a: 'Hel', b: 'lo' };
      expectObservable(call().pipe(contentDeltas(), retry())).toBe('           -a--a-b|', texts);
      expectObservable(call().pipe(retryChat({ random: () => 0 }), contentDeltas())).toBe(
        '       -a-#',
        texts,
        lost,
      );
    });
  });

  it('retries and folds: retryChat with a restart resets the fold below it', () => {
    marbles(({ cold, expectObservable }) => {
      const { call$ } = inTurn(cold('-h-#', frames, lost), cold('-l', frames));
      const options = { restart: true, policy: () => 1 } as const;
      expectObservable(call$.pipe(retryChat(options), accumulateContent())).toBe('-x---(0y)', {
        0: '',
        x: 'Hel',
        y: 'lo',
      });
    });
  });

  it('retries and a share: below the share a retry would send nothing, and gives up at the error', () => {
    const planned: PlannedRetry[] = [];
    marbles(({ cold, expectObservable, flush }) => {
      const wrong = inTurn(cold('-#', frames, busy), cold('-h|', frames));
      const right = inTurn(cold('-#', frames, busy), cold('-h|', frames));
      const options = { count: 9, onRetry: (retry: PlannedRetry) => planned.push(retry) };
      expectObservable(wrong.call$.pipe(shareCompletion(), retryChat({ ...options, random: () => 0 }))).toBe(
        '-#',
        {},
        busy,
      );
      expectObservable(right.call$.pipe(retryChat({ random: () => 0 }), shareCompletion())).toBe(
        '-----h|',
        frames,
      );
      flush();
      expect([wrong.requests(), right.requests(), planned.length]).toEqual([1, 2, 0]);
    });
  });

  it('retries and a share with values: the snapshot is not emitted again', () => {
    marbles(({ cold, expectObservable }) => {
      const { call$ } = inTurn(cold('-r-#', frames, busy), cold('-h|', frames));
      expectObservable(call$.pipe(shareCompletion(), retryChat({ count: 9, random: () => 0 }))).toBe(
        '-r-#',
        frames,
        busy,
      );
    });
  });

  it('retries and a share with an operator between: gives up at the replayed error', () => {
    marbles(({ cold, expectObservable }) => {
      const { call$ } = inTurn(cold('-#', frames, busy), cold('-h|', frames));
      const below$ = call$.pipe(shareCompletion(), map(identity), retryChat({ count: 9, random: () => 0 }));
      expectObservable(below$).toBe('----#', frames, busy);
    });
  });

  it('retries and a share without output: gives up at the empty answer', () => {
    marbles(({ cold, expectObservable }) => {
      const { call$ } = inTurn(cold('-r-|', frames), cold('-h|', frames));
      const empty = new TruncatedError('the answer ended without any output: retry, or change the request');
      const below$ = call$.pipe(shareCompletion(), retryChat({ onEmpty: 'fail', count: 9, policy: () => 1 }));
      expectObservable(below$).toBe('-r-#', frames, empty);
    });
  });

  it('retries and a share of its own for each attempt: each is a request', () => {
    marbles(({ cold, expectObservable }) => {
      const { call$ } = inTurn(cold('-#', frames, busy), cold('-h|', frames));
      const attempts$ = defer(() => call$.pipe(shareCompletion()));
      expectObservable(attempts$.pipe(retryChat({ random: () => 0 }))).toBe('-----h|', frames);
    });
  });

  it('retries and sources that fail with a new error, or later with the same: those are attempts', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-#', frames, busy);
      expectObservable(source$.pipe(retryChat({ count: 3, policy: () => 1 }))).toBe('-------#', {}, busy);
      expectSubscriptions(source$.subscriptions).toBe(['^!', '--^!', '----^!', '------^!']);
    });
    marbles(({ expectObservable }) => {
      let attempts = 0;
      const sync$ = defer(() => {
        throw new TruncatedError(String((attempts += 1)));
      });
      const policy = (): number => 1;
      expectObservable(sync$.pipe(retryChat({ policy }))).toBe('--#', {}, new TruncatedError('3'));
    });
  });

  it('a share and a fold: a late subscriber of shared deltas misses the text before it', () => {
    marbles(({ cold, expectObservable }) => {
      const call$ = cold('-h--l--|', frames);
      const wrong$ = call$.pipe(shareCompletion(), accumulateContent());
      const right$ = call$.pipe(accumulateContent(), shareCompletion());
      const texts = { h: 'Hel', l: 'lo', x: 'Hello' };
      expectObservable(wrong$).toBe('         -h--x--|', texts);
      expectObservable(wrong$, '-----^').toBe('-----l-|', texts);
      expectObservable(right$).toBe('         -h--x--|', texts);
      expectObservable(right$, '-----^').toBe('-----x-|', texts);
    });
  });

  it('frames and a fold: perFrame above the fold drops text', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const letters = {
        a: frames.h,
        b: frames.l,
        c: decoded({ choices: [{ index: 0, delta: { content: '!' } }] }),
      };
      const call = (): Chunks => cold('-a-b-c|', letters);
      const frame$ = hot('             ----x---x');
      const fold = accumulateContent();
      const paced = <T>(): OperatorFunction<T, T> => perFrame<T>({ frame$ });
      expectObservable(call().pipe(paced(), fold)).toBe('----y-(z|)', { y: 'lo', z: 'lo!' });
      expectObservable(call().pipe(fold, paced())).toBe('----y-(z|)', { y: 'Hello', z: 'Hello!' });
    });
  });

  it('a stop and a fold: takeUntil below last loses the partial answer', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const call = (): Chunks => cold('-h-l-----f|', frames);
      const stop$ = hot('              ------x');
      const text: OperatorFunction<Decoded<ChatCompletionChunk>, string> = accumulateContent();
      expectObservable(call().pipe(text, last(), takeUntil(stop$))).toBe('------|');
      expectObservable(call().pipe(takeUntil(stop$), text, last())).toBe('------(y|)', { y: 'Hello' });
    });
  });

  it('a stop and a state: takeUntil below the state loses its end', () => {
    const seen: Array<readonly string[]> = [];
    marbles(({ cold, flush }) => {
      for (const isAbove of [false, true]) {
        const stop$ = new Subject<void>();
        const statuses: string[] = [];
        const until = <T>(): OperatorFunction<T, T> => takeUntil<T>(stop$);
        const call$ = cold('-h---f|', frames);
        const state$ = isAbove ? call$.pipe(until(), toChatState()) : call$.pipe(toChatState(), until());
        state$.subscribe(({ status }) => statuses.push(status));
        cold('---x').subscribe(() => stop$.next());
        seen.push(statuses);
      }
      flush();
    });
    expect(seen).toEqual([
      ['waiting', 'streaming'],
      ['waiting', 'streaming', 'stopped'],
    ]);
  });

  it('candidates: an early error wins race, but not hedge$', () => {
    marbles(({ cold, expectObservable }) => {
      const a$ = cold('-#', undefined, lost);
      const b$ = cold('--p-q|');
      expectObservable(race(a$, b$)).toBe('              -#', undefined, lost);
      expectObservable(hedge$([a$, b$], { after: 4 })).toBe('---p-q|');
    });
  });
});
