import { createServer, request as sendRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { lastValueFrom, map, Subject, takeUntil, type Observable } from 'rxjs';
import { accumulateContent, chatCompletion$, ConnectionError } from 'rxjs-chat-completions';
import { memoryLog, relay, resumeFrom, type LogResume } from 'rxjs-chat-completions/relay';
import { toNode } from 'rxjs-chat-completions/relay/node';
import { resume$ } from 'rxjs-chat-completions/resume';

import { shutDown } from '../../examples/relay/shutDown';
import { until } from '../helpers/until';
import { Call } from './log/answers';
import { question } from './relayOf';

const NEVER_MS = 1_000_000;

describe('a relay that is shut down', () => {
  const servers: Server[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  /** Starts a relay in a server, whose answers a spec writes. */
  async function start(log = memoryLog()) {
    const calls: Call[] = [];
    const shutdown$ = new Subject<void>();
    const failure$ = shutdown$.pipe(
      map(() => {
        throw new ConnectionError('the process ends', 'body');
      }),
    );
    const resume = resumeFrom(log, { batchMs: 1 });
    const chat = relay({
      answer: () => {
        const call = new Call();
        calls.push(call);
        return call.chunk$.pipe(takeUntil(failure$));
      },
      authorize: () => 'anna',
      allow: { models: ['small'] },
      resume,
    });
    const handle = toNode(chat);
    const server = createServer((request, response) => void handle(request, response));
    servers.push(server);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    return { calls, log, resume, server, port, fail: () => shutdown$.next() };
  }

  const baseURL = (port: number): string => `http://127.0.0.1:${port}/api`;

  const askOf = (port: number, headers: Record<string, string> = {}): Observable<string> =>
    chatCompletion$({ baseURL: baseURL(port), headers }, question).pipe(accumulateContent());

  const countsOf = ({ writing$ }: LogResume): readonly number[] => {
    const counts: number[] = [];
    writing$.subscribe((count) => counts.push(count));
    return counts;
  };

  it('waits for its readers', async () => {
    const { calls, server, port, resume, fail } = await start();
    const text = lastValueFrom(askOf(port));
    await until(() => calls.length === 1);
    calls[0]!.write('a');
    const down = shutDown(server, { writing$: resume.writing$, fail, graceMs: NEVER_MS });
    calls[0]!.write('b');
    calls[0]!.finish();
    expect(await text).toBe('ab');
    server.closeIdleConnections();
    await down;
  });

  it('waits for an answer that has lost its reader, until its end is in the log', async () => {
    const { calls, log, server, port, resume, fail } = await start();
    const counts = countsOf(resume);
    const reading = askOf(port, { 'idempotency-key': 'm42' }).subscribe();
    await until(() => calls.length === 1);
    calls[0]!.write('a');
    await until(() => counts.length === 2);
    reading.unsubscribe();
    let isDown = false;
    const down = shutDown(server, { writing$: resume.writing$, fail, graceMs: NEVER_MS }).then(
      () => (isDown = true),
    );
    await until(() => !server.listening);
    expect([isDown, counts.at(-1)]).toEqual([false, 1]);
    calls[0]!.finish();
    await down;
    const other = await start(log);
    const text$ = resume$({ baseURL: baseURL(other.port) }, 'm42').pipe(accumulateContent());
    expect(await lastValueFrom(text$)).toBe('a');
  });

  it('fails the answers that take longer, in a way that a reader may retry, for the readers of other processes too', async () => {
    const { calls, log, server, port, resume, fail } = await start();
    const failed = lastValueFrom(askOf(port, { 'idempotency-key': 'm42' })).catch((error: unknown) => error);
    await until(() => calls.length === 1);
    calls[0]!.write('a');
    const other = await start(log);
    const text$ = resume$({ baseURL: baseURL(other.port) }, 'm42').pipe(accumulateContent());
    const failedElsewhere = lastValueFrom(text$).catch((error: unknown) => error);
    await shutDown(server, { writing$: resume.writing$, fail, graceMs: 0 });
    const failure = { _tag: 'ServerError', type: 'ConnectionError', retryable: true };
    expect(await failed).toMatchObject(failure);
    expect(await failedElsewhere).toMatchObject(failure);
    expect(calls[0]!.isRunning).toBe(false);
  });

  it('closes the connection of a client that does not read', async () => {
    const { calls, server, port, resume, fail } = await start();
    const client = sendRequest({
      port,
      path: '/api/chat/completions',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    client
      .once('error', () => undefined)
      .once('response', (response) => response.once('error', () => undefined));
    client.end(JSON.stringify({ ...question, stream: true }));
    await until(() => calls.length === 1);
    calls[0]!.write('x'.repeat(10_000_000));
    await shutDown(server, { writing$: resume.writing$, fail, graceMs: 0 });
    expect(calls[0]!.isRunning).toBe(false);
  });
});
