import { map, Subject, switchMap, takeUntil } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { chatCompletion$, toChatState, type ChatConfig } from 'rxjs-chat-completions';
import { assertMarbles, marbleTransport } from 'rxjs-chat-completions/testing';

class ChatPanel {
  private readonly question$ = new Subject<string>();
  private readonly stop$ = new Subject<void>();

  readonly answer$ = this.question$.pipe(
    switchMap((content) =>
      chatCompletion$(this.config, { model: 'llama3.2', messages: [{ role: 'user', content }] }).pipe(
        takeUntil(this.stop$),
        toChatState(),
      ),
    ),
  );

  constructor(private readonly config: ChatConfig) {}

  ask(question: string): void {
    this.question$.next(question);
  }

  stop(): void {
    this.stop$.next();
  }
}

describe('ChatPanel', () => {
  it('keeps the text when the user stops the answer, and aborts the request', () => {
    new TestScheduler(assertMarbles).run(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const transport = marbleTransport(cold, 'h-a--b-  ', { a: 'Hel', b: 'lo' });
      const question$ = hot('                --q      ', { q: 'Hello?' });
      const stop$ = hot('                    --------s');
      const subs = '                         --^-----!';
      const expected = '                     --w-a--bs';

      const panel = new ChatPanel({ transport });
      question$.subscribe((question) => panel.ask(question));
      stop$.subscribe(() => panel.stop());
      const shown$ = panel.answer$.pipe(map(({ status, content }) => `${status}: ${content}`));

      const states = { w: 'waiting: ', a: 'streaming: Hel', b: 'streaming: Hello', s: 'stopped: Hello' };
      expectObservable(shown$).toBe(expected, states);
      expectSubscriptions(transport.subscriptions).toBe(subs);
    });
  });
});
