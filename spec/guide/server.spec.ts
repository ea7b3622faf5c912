import { firstValueFrom, last } from 'rxjs';
import { accumulateContent, chatCompletion$ } from 'rxjs-chat-completions';
import { startScriptedServer, type ScriptedServer } from 'rxjs-chat-completions/testing/server';

describe('the whole app', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await startScriptedServer({ replies: ['Hello there', { parts: ['Hel', { cut: 'socket' }] }] });
  });
  afterAll(() => server.close());

  it('streams from a real socket, which may break', async () => {
    // Your app reads its base URL from its settings: put server.baseURL there.
    const text$ = chatCompletion$({ baseURL: server.baseURL }, { model: 'any', messages: [] }).pipe(
      accumulateContent(),
      last(),
    );
    expect(await firstValueFrom(text$)).toBe('Hello there');
    await expect(firstValueFrom(text$)).rejects.toMatchObject({ _tag: 'ConnectionError', phase: 'body' });
    expect(server.requests).toHaveLength(2);
  });
});
