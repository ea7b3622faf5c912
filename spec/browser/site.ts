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

/** A chat completion request. */
export interface SiteRequest {
  readonly question: string;
  readonly model: string;
  /** Time at which the client closed the connection (`performance.now()`), or `null`. */
  closedAt: number | null;
  /** Whether the response was sent completely. */
  ended: boolean;
  /** Number of chunks sent. */
  sent: number;
  /** Sends the rest of the answer at once. */
  finish: () => void;
}

export interface Site {
  readonly url: string;
  readonly requests: readonly SiteRequest[];
  /** All requests except those for files. */
  readonly calls: readonly string[];
  readonly close: () => Promise<void>;
}

/** Returns the answer to a question. `index` counts the requests from 0. */
export type AnswerScript = (
  question: string,
  index: number,
) => {
  readonly status?: number;
  readonly words: readonly string[];
  readonly everyMs: number;
  /** Seconds, for an HTTP error. Default 3. */
  readonly retryAfter?: number;
  readonly perWrite?: number;
  /** The field of a delta with the words. Default `content`. */
  readonly field?: string;
};

/** Serves the page and a model on one origin. */
export async function startSite(script: AnswerScript): Promise<Site> {
  const requests: SiteRequest[] = [];
  const calls: string[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://any').pathname;
    if (!path.startsWith('/v1/')) return sendFile(path, response);
    calls.push(`${request.method ?? ''} ${path}`);
    if (path === '/v1/models') {
      response.writeHead(200, { 'content-type': 'application/json' });
      const data = ['one', 'another'].map((id) => ({ id, object: 'model' }));
      response.end(JSON.stringify({ object: 'list', data }));
      return;
    }
    void respond(request, response, script, requests);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    calls,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function sendFile(path: string, response: ServerResponse): void {
  const file = join(page, path === '/' ? 'index.html' : path);
  if (!file.startsWith(page) || !existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(response);
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  script: AnswerScript,
  requests: SiteRequest[],
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const { model, messages } = JSON.parse(Buffer.concat(parts).toString()) as {
    readonly model: string;
    readonly messages: readonly { readonly content: string | readonly { readonly text?: string }[] }[];
  };
  const content = messages.at(-1)?.content ?? '';
  const question = typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('');
  const {
    status = 200,
    words,
    everyMs,
    retryAfter = 3,
    perWrite = 1,
    field = 'content',
  } = script(question, requests.length);
  const record: SiteRequest = {
    question,
    model,
    closedAt: null,
    ended: false,
    sent: 0,
    finish: () => undefined,
  };
  requests.push(record);
  if (status !== 200) {
    record.ended = true;
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after': `${retryAfter}` });
    response.end(JSON.stringify({ error: { message: words.join('') } }));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.on('close', () => {
    if (!record.ended) record.closedAt = performance.now();
    clearInterval(timer);
  });
  const write = (count: number): void => {
    const next = words.slice(record.sent, record.sent + count);
    record.sent += next.length;
    response.write(next.map((word) => frame({ delta: { [field]: word } })).join(''));
    if (record.sent < words.length) return;
    record.ended = true;
    clearInterval(timer);
    response.end(`${frame({ delta: {}, finish_reason: 'stop' })}data: [DONE]\n\n`);
  };
  const timer = setInterval(() => write(perWrite), everyMs);
  record.finish = () => write(words.length);
}

const frame = (choice: object): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [{ index: 0, ...choice }] })}\n\n`;
