import { errorsOf } from '../helpers/compileExamples';

describe('the type of fetch', () => {
  it('needs no other member than the call, where the global one has some, as in Bun', () => {
    const code = `
      import { chatCompletion$, fetchTransport, type ChatConfig } from 'rxjs-chat-completions';
      import { withFetch } from 'rxjs-chat-completions/angular';
      import { demoModel, scriptedFetch } from 'rxjs-chat-completions/testing';

      declare global {
        namespace fetch {
          function preconnect(url: string): void;
        }
      }

      const scripted = scriptedFetch(demoModel());
      const given: ReadonlyArray<ChatConfig['fetch']> = [
        fetch,
        scripted,
        (url, init) => fetch(url, { ...init, credentials: 'include' }),
        async (input: string | URL | Request, init?: RequestInit) => fetch(input, init),
        () => Promise.resolve(new Response('')),
      ];
      const features = [withFetch(scripted), fetchTransport({ fetch: scripted })];
    `;
    expect(errorsOf([{ file: 'page.ts', line: 1, code }])).toEqual([]);
  });
});
