import { TestScheduler } from 'rxjs/testing';
import { accumulateContent, chatCompletion$, retryChat } from 'rxjs-chat-completions';
import {
  assertMarbles,
  doneFrame,
  finishChunk,
  responseHead,
  marbleTransport,
} from 'rxjs-chat-completions/testing';

it('retries after the delay that the server requests', () => {
  new TestScheduler(assertMarbles).run(({ cold, expectObservable, expectSubscriptions }) => {
    const tooManyRequests = responseHead(429, { 'retry-after': '2' });
    const hello = ['Hello', finishChunk('stop'), doneFrame()];
    const transport = marbleTransport(cold, ['-(r|)', '-h-(a|)'], { r: tooManyRequests, a: hello });
    const subs = ['                           ^!     ', '- 2s ^--!'];
    const expected = '                        - 2s ---(x|)      ';

    const text$ = chatCompletion$({ transport }, { model: 'any', messages: [] }).pipe(
      retryChat({ count: 3 }),
      accumulateContent(),
    );

    expectObservable(text$).toBe(expected, { x: 'Hello' });
    expectSubscriptions(transport.subscriptions).toBe(subs);
  });
});
