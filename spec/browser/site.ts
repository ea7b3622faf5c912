import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';

/** The built example. */
export const page = resolve(__dirname, '../../examples/angular/dist');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** A chat completion that somebody asked for. */
export interface Asked {
  readonly question: string;
  readonly model: string;
  /** When the client let go, in milliseconds of `performance.now()`; `null` while it has not. */
  closedAt: number | null;
  /** Whether all was sent. */
  ended: boolean;
  /** How many chunks were sent. */
  sent: number;
}

export interface Site {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** All requests but those for files. */
  readonly calls: readonly string[];
  readonly close: () => Promise<void>;
}

/** How this site answers a question. */
export type Answering = (
  question: string,
  nth: number,
) => {
  readonly status?: number;
  readonly words: readonly string[];
  readonly everyMs: number;
  /** Of a refusal, in seconds; 3 by default. */
  readonly retryAfter?: number;
  readonly perWrite?: number;
  /** The field of a delta that the words are in; `content` by default. */
  readonly field?: string;
};

/** The page and a model, on one origin. */
export async function site(answering: Answering): Promise<Site> {
  const asked: Asked[] = [];
  const calls: string[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://any').pathname;
    if (!path.startsWith('/v1/')) return file(path, response);
    calls.push(`${request.method ?? ''} ${path}`);
    if (path === '/v1/models') {
      response.writeHead(200, { 'content-type': 'application/json' });
      const data = ['one', 'another'].map((id) => ({ id, object: 'model' }));
      response.end(JSON.stringify({ object: 'list', data }));
      return;
    }
    void answer(request, response, answering, asked);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    calls,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function file(path: string, response: ServerResponse): void {
  const found = join(page, path === '/' ? 'index.html' : path);
  if (!found.startsWith(page) || !existsSync(found)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': TYPES[extname(found)] ?? 'application/octet-stream' });
  createReadStream(found).pipe(response);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  answering: Answering,
  asked: Asked[],
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const { model, messages } = JSON.parse(Buffer.concat(parts).toString()) as {
    readonly model: string;
    readonly messages: readonly { readonly content: string }[];
  };
  const question = messages.at(-1)?.content ?? '';
  const {
    status = 200,
    words,
    everyMs,
    retryAfter = 3,
    perWrite = 1,
    field = 'content',
  } = answering(question, asked.length);
  const told: Asked = { question, model, closedAt: null, ended: false, sent: 0 };
  asked.push(told);
  if (status !== 200) {
    told.ended = true;
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after': `${retryAfter}` });
    response.end(JSON.stringify({ error: { message: words.join('') } }));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.on('close', () => {
    if (!told.ended) told.closedAt = performance.now();
    clearInterval(timer);
  });
  const timer = setInterval(() => {
    const next = words.slice(told.sent, told.sent + perWrite);
    told.sent += next.length;
    response.write(next.map((word) => frame({ delta: { [field]: word } })).join(''));
    if (told.sent < words.length) return;
    told.ended = true;
    clearInterval(timer);
    response.end(`${frame({ delta: {}, finish_reason: 'stop' })}data: [DONE]\n\n`);
  }, everyMs);
}

const frame = (choice: object): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [{ index: 0, ...choice }] })}\n\n`;
