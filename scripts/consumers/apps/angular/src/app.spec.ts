// Specs of an Angular app with the testing kit, with the globals that both `ng test` and Jest define.
import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { lastValueFrom, toArray } from 'rxjs';
import { accumulateContent } from 'rxjs-chat-completions';
import { injectChatCompletions, provideChatCompletions, withHttpClient } from 'rxjs-chat-completions/angular';
import {
  assertMarbles,
  bytesOf,
  doneFrame,
  finishChunk,
  marbleTransport,
  scriptedTransport,
} from 'rxjs-chat-completions/testing';
import { TestScheduler } from 'rxjs/testing';

import { App } from './app';

const hello = { model: 'any', messages: [{ role: 'user', content: 'Hello' }] } as const;

describe('an app', () => {
  it('is answered by HttpTestingController', async () => {
    TestBed.configureTestingModule({
      providers: [
        provideHttpClient(),
        provideHttpClientTesting(),
        provideChatCompletions({ baseURL: '/v1' }, withHttpClient()),
      ],
    });
    const fixture = TestBed.createComponent(App);
    await fixture.whenStable();
    const page: HTMLElement = fixture.nativeElement;
    page.querySelector('button')?.click();

    const http = TestBed.inject(HttpTestingController);
    const sent = http.expectOne('/v1/chat/completions');
    expect(sent.request.body).toContain('"Hello"');
    const body = new TextDecoder().decode(bytesOf('Hello ', 'there', finishChunk('stop'), doneFrame()));
    sent.flush(body, { headers: { 'content-type': 'text/event-stream' } });
    await fixture.whenStable();
    expect(page.querySelector('p')?.textContent).toBe('Hello there');
    http.verify();
  });

  it('is answered by a script', async () => {
    TestBed.configureTestingModule({
      providers: [provideChatCompletions({ transport: scriptedTransport('Grüße aus dem Strom 🌊') })],
    });
    const chat = TestBed.runInInjectionContext(injectChatCompletions);
    const texts = await lastValueFrom(chat.chatCompletion$(hello).pipe(accumulateContent(), toArray()));
    console.log(`${texts.length} updates, last: ${texts.at(-1)}`);
    expect(texts.at(-1)).toBe('Grüße aus dem Strom 🌊');
  });

  it('runs in virtual time', () => {
    new TestScheduler(assertMarbles).run(({ cold, expectObservable, expectSubscriptions }) => {
      const transport = marbleTransport(cold, 'h-a--b 29s     -', { a: 'Hel', b: 'lo' });
      const subs = '                           ^----- 9999ms  !';
      const expected = '                       --a--b 9999ms  #';
      TestBed.configureTestingModule({
        providers: [provideChatCompletions({ transport, timeouts: { idle: 10_000 } })],
      });
      const chat = TestBed.runInInjectionContext(injectChatCompletions);
      const text$ = chat.chatCompletion$(hello).pipe(accumulateContent());
      expectObservable(text$).toBe(
        expected,
        { a: 'Hel', b: 'Hello' },
        { _tag: 'ChatTimeoutError', phase: 'idle' },
      );
      expectSubscriptions(transport.subscriptions).toBe(subs);
    });
  });
});
