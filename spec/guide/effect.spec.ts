import { catchError, filter, map, of, switchMap, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { accumulateContent, chatCompletion$, isChatError, type ChatConfig } from 'rxjs-chat-completions';
import { assertMarbles, marbleTransport } from 'rxjs-chat-completions/testing';

interface Send {
  readonly type: '[Chat] Send';
  readonly question: string;
}
type Action =
  | Send
  | { readonly type: '[Chat] Text'; readonly text: string }
  | { readonly type: '[Chat] Failed'; readonly reason: string };

const send$ = (action$: Observable<Action>, config: ChatConfig): Observable<Action> =>
  action$.pipe(
    filter((action): action is Send => action.type === '[Chat] Send'),
    switchMap(({ question }) =>
      chatCompletion$(config, { model: 'llama3.2', messages: [{ role: 'user', content: question }] }).pipe(
        accumulateContent(),
        map((text): Action => ({ type: '[Chat] Text', text })),
        catchError((error: unknown) =>
          of<Action>({ type: '[Chat] Failed', reason: isChatError(error) ? error._tag : 'unknown' }),
        ),
      ),
    ),
  );

it('cancels an answer on the next question, and continues after an error', () => {
  new TestScheduler(assertMarbles).run(({ cold, hot, expectObservable, expectSubscriptions }) => {
    const transport = marbleTransport(cold, ['h-a---', 'h-#'], { a: 'Hel' });
    const action$ = hot<Action>('             -q-----q--  ', {
      q: { type: '[Chat] Send', question: 'Hello?' },
    });
    const subs = ['                           -^-----!    ', '-------^-!'];
    const expected = '                        ---t-----f  ';

    const values: Record<string, Action> = {
      t: { type: '[Chat] Text', text: 'Hel' },
      f: { type: '[Chat] Failed', reason: 'ConnectionError' },
    };
    expectObservable(send$(action$, { transport })).toBe(expected, values);
    expectSubscriptions(transport.subscriptions).toBe(subs);
  });
});
