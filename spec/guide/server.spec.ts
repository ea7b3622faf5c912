import { firstValueFrom, last } from 'rxjs';
import { accumulateContent, chatCompletion$ } from 'rxjs-chat-completions';
import { startScriptedServer, type ScriptedServer } from 'rxjs-chat-completions/testing/server';

describe('the app', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await startScriptedServer({ replies: ['Hello there', { parts: ['Hel', { cut: 'socket' }] }] });
  });
  afterAll(() => server.close());

  it('streams from a socket, and reports a broken connection', async () => {
    // In your app, set the base URL to server.baseURL.
    const text$ = chatCompletion$({ baseURL: server.baseURL }, { model: 'any', messages: [] }).pipe(
      accumulateContent(),
      last(),
    );
    expect(await firstValueFrom(text$)).toBe('Hello there');
    await expect(firstValueFrom(text$)).rejects.toMatchObject({ _tag: 'ConnectionError', phase: 'body' });
    expect(server.requests).toHaveLength(2);
  });
});
