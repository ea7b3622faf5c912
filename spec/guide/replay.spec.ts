import { readFileSync } from 'node:fs';

import { last } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { accumulateContent, chatCompletion$ } from 'rxjs-chat-completions';
import { assertMarbles, replayTransport, tapeOf } from 'rxjs-chat-completions/testing';

const tape = tapeOf(JSON.parse(readFileSync('spec/fixtures/tapes/keep-alive.json', 'utf8')));
const request = { model: 'any', messages: [] };

it('replays a response of three seconds in virtual time', () => {
  new TestScheduler(assertMarbles).run(({ expectObservable }) => {
    const transport = replayTransport(tape);
    const text$ = chatCompletion$({ transport }, request).pipe(accumulateContent(), last());
    expectObservable(text$).toBe('2756ms (a|)', {
      a: 'That old naïve bridge, but the round river. That bright',
    });
  });
});

it('times out on it with a limit of two seconds for the first event', () => {
  new TestScheduler(assertMarbles).run(({ expectObservable }) => {
    const timeouts = { first: 2_000, idle: 1_500 };
    const text$ = chatCompletion$({ transport: replayTransport(tape), timeouts }, request).pipe(
      accumulateContent(),
    );
    expectObservable(text$).toBe('2s #', {}, { _tag: 'ChatTimeoutError', phase: 'first' });
  });
});
