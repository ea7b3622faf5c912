import {
  HttpEventType,
  HttpHeaderResponse,
  HttpHeaders,
  provideHttpClient,
  withInterceptors,
  type HttpEvent,
} from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { Component, PLATFORM_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { injectConversation, provideChatCompletions, withHttpClient } from 'rxjs-chat-completions/angular';
import {
  bytesOf,
  doneFrame,
  finishChunk,
  scriptedTransport,
  type ServerFrame,
} from 'rxjs-chat-completions/testing';

const textOf = (...frames: readonly ServerFrame[]): string => new TextDecoder().decode(bytesOf(...frames));

@Component({
  selector: 'app-host',
  template: `<p>{{ chat.content() }}</p>
    <i>{{ chat.status() }}</i>`,
})
class Host {
  readonly chat = injectConversation({ request: { model: 'any' } });
}

describe('withHttpClient', () => {
  it('streams through interceptors and HttpTestingController', async () => {
    TestBed.configureTestingModule({
      providers: [
        provideHttpClient(
          withInterceptors([
            (request, next) => next(request.clone({ setHeaders: { authorization: 'Bearer mine' } })),
          ]),
        ),
        provideHttpClientTesting(),
        provideChatCompletions({ baseURL: 'https://llm.example.com/v1' }, withHttpClient()),
      ],
    });
    const fixture = TestBed.createComponent(Host);
    fixture.componentInstance.chat.send('Hi');
    const sent = TestBed.inject(HttpTestingController).expectOne(
      'https://llm.example.com/v1/chat/completions',
    );
    expect(sent.request.headers.get('authorization')).toBe('Bearer mine');

    const headers = new HttpHeaders({ 'content-type': 'text/event-stream' });
    sent.event(new HttpHeaderResponse({ status: 200, headers }));
    const first = textOf('Hel');
    sent.event({ type: HttpEventType.DownloadProgress, loaded: 1, partialText: first } as HttpEvent<string>);
    await expect.poll(() => fixture.componentInstance.chat.content()).toBe('Hel');

    sent.flush(first + textOf('lo', finishChunk('stop'), doneFrame()), { headers });
    await expect.poll(() => fixture.componentInstance.chat.content()).toBe('Hello');
    expect(fixture.componentInstance.chat.status()).toBe('done');
  });

  it('reports an HTTP error', async () => {
    TestBed.configureTestingModule({
      providers: [
        provideHttpClient(),
        provideHttpClientTesting(),
        provideChatCompletions({}, withHttpClient()),
      ],
    });
    const { chat } = TestBed.createComponent(Host).componentInstance;
    chat.send('Hi');
    TestBed.inject(HttpTestingController)
      .expectOne(() => true)
      .flush('{"error":{"message":"no such model"}}', { status: 404, statusText: 'Not Found' });
    await expect.poll(() => chat.status()).toBe('failed');
    expect(chat.error()).toMatchObject({ _tag: 'HttpError', status: 404, serverMessage: 'no such model' });
  });
});

describe('injectConversation in a component', () => {
  it('renders the answer without zone.js, and stops it when the component is destroyed', async () => {
    const transport = scriptedTransport('Hello there, you', { delayMs: 40 });
    TestBed.configureTestingModule({ providers: [provideChatCompletions({ transport })] });
    const fixture = TestBed.createComponent(Host);
    const text = (): string => (fixture.nativeElement as HTMLElement).querySelector('p')?.textContent ?? '';
    fixture.componentInstance.chat.send('Hi');
    await expect.poll(text).toContain('Hello');
    fixture.destroy();
    expect(transport.requests[0]?.aborted).toBe(true);
    expect(fixture.componentInstance.chat.status()).toBe('stopped');
    expect(fixture.componentInstance.chat.content()).toContain('Hello');
  });

  it('sends no request on a server', () => {
    const transport = scriptedTransport('Hello');
    TestBed.configureTestingModule({
      providers: [provideChatCompletions({ transport }), { provide: PLATFORM_ID, useValue: 'server' }],
    });
    TestBed.runInInjectionContext(() => injectConversation({ request: { model: 'any' } })).send('Hi');
    expect(transport.requests).toEqual([]);
  });
});
