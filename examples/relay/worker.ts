import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createClient } from 'redis';
import { map, Subject, takeUntil } from 'rxjs';
import { chatCompletion$, ConnectionError } from 'rxjs-chat-completions';
import { memoryLog, relay, resumeFrom, type StreamLog } from 'rxjs-chat-completions/relay';
import { toNode } from 'rxjs-chat-completions/relay/node';
import { redisLog } from 'rxjs-chat-completions/relay/redis';

import { model, server } from './model';
import { shutDown } from './shutDown';

/** Runs one process of the relay, and sends its port to the process that started it. */
export async function runWorker(name: string, redisUrl: string | undefined): Promise<void> {
  // The process that started it has ended.
  process.once('disconnect', () => process.exit());
  const log = redisUrl === undefined ? memoryLog() : await connect(redisUrl);
  const resume = resumeFrom(log, {
    onLogError: (error) => console.error(`process ${name}: ${String(error)}`),
  });
  const shutdown$ = new Subject<void>();
  const failure$ = shutdown$.pipe(
    map(() => {
      throw new ConnectionError('the process ends', 'body'); // Completing would end the answer as complete.
    }),
  );
  const chat = toNode(
    relay({
      answer: ({ request, gate }) => chatCompletion$({ ...server, gate }, request).pipe(takeUntil(failure$)),
      authorize: () => 'everyone on this machine',
      allow: { models: [model] },
      resume,
    }),
  );
  const http = createServer((request, response) => {
    response.setHeader('x-process', name);
    void chat(request, response);
  });
  http.listen(0, '127.0.0.1', () => process.send?.((http.address() as AddressInfo).port));
  process.once('SIGTERM', () => {
    const options = { writing$: resume.writing$, fail: () => shutdown$.next(), graceMs: 20_000 };
    void shutDown(http, options).then(() => process.exit());
  });
}

async function connect(url: string): Promise<StreamLog> {
  const client = createClient({ url }).on('error', (error) => console.error(String(error)));
  const reader = client.duplicate().on('error', (error) => console.error(String(error)));
  await Promise.all([client.connect(), reader.connect()]);
  // A short lease, so that the death of a process is seen soon. The default is 15 seconds.
  return redisLog(client, reader, { leaseMs: 3_000, prefix: 'example-relay:' });
}
