import { map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { chatCompletion$, toChatState } from 'rxjs-chat-completions';
import { assertMarbles, marbleTransport } from 'rxjs-chat-completions/testing';

it('times out after ten idle seconds, keeps the text and aborts the request', () => {
  new TestScheduler(assertMarbles).run(({ cold, expectObservable, expectSubscriptions }) => {
    const transport = marbleTransport(cold, 'h-a--b 29s     -   ', { a: 'Hel', b: 'lo' });
    const subs = '                           ^----- 9999ms  !   ';
    const expected = '                       w-a--b 9999ms (f|) ';

    const config = { transport, timeouts: { idle: 10_000 } };
    const state$ = chatCompletion$(config, { model: 'any', messages: [] }).pipe(
      toChatState(),
      map(({ status, content, error }) => ({ status, content, error })),
    );

    expectObservable(state$).toBe(expected, {
      w: { status: 'waiting', content: '', error: null },
      a: { status: 'streaming', content: 'Hel', error: null },
      b: { status: 'streaming', content: 'Hello', error: null },
      f: { status: 'failed', content: 'Hello', error: { _tag: 'ChatTimeoutError', phase: 'idle' } },
    });
    expectSubscriptions(transport.subscriptions).toBe(subs);
  });
});
