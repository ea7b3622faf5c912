/**
 * The scripted model behind a real socket. Node only.
 *
 * @module rxjs-chat-completions/testing/server
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { isResponseHead, type TransportRequest } from '../transport/transport';
import type { ScriptOptions } from './script/answers';
import type { Script, ScriptedRequest } from './script/Reply';
import type { ScriptedTransport } from './script/requests';
import { scriptedTransport } from './script/scriptedTransport';

/** What {@link startScriptedServer} is told. */
export interface ScriptedServerOptions extends ScriptOptions {
  /** One reply for all, replies by turn, or a function of the request. */
  readonly replies: Script;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Default `127.0.0.1`: this machine only. */
  readonly host?: string;
}

/** A server that runs. */
export interface ScriptedServer {
  /** `http://127.0.0.1:…/v1` */
  readonly baseURL: string;
  readonly port: number;
  /** The requests that came. */
  readonly requests: readonly ScriptedRequest[];
  /** Breaks what connections there are, and stops. */
  readonly close: () => Promise<void>;
}

/**
 * The scripted model behind a real socket, for end-to-end tests. Node only.
 *
 * It lists its models, completes chats, streamed or not, embeds, and fails as scripted: a cut is a cut connection, and a client
 * that lets go is noticed. Pages may call it as they may call Ollama: from local origins, with Ollama's list of headers.
 *
 * @returns A promise of the server, once it listens; rejected when the port is taken.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { startScriptedServer } from 'rxjs-chat-completions/testing/server';
 *
 * const server = await startScriptedServer({ replies: 'Hello there', delayMs: 20 });
 * chatCompletion$({ baseURL: server.baseURL }, { model: 'scripted', messages: [{ role: 'user', content: 'Hi' }] })
 *   .subscribe({ complete: () => void server.close() });
 * ```
 */
export async function startScriptedServer(options: ScriptedServerOptions): Promise<ScriptedServer> {
  const { replies, port = 0, host = '127.0.0.1', ...scriptOptions } = options;
  const transport = scriptedTransport(replies, scriptOptions);
  const server = createServer((request, response) => {
    if (allowed(request, response)) void answer(transport, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const listening = (server.address() as AddressInfo).port;
  return {
    baseURL: `http://${host.includes(':') ? `[${host}]` : host}:${listening}/v1`,
    port: listening,
    requests: transport.requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  transport: ScriptedTransport,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const sent = await transportRequest(request).catch(() => undefined);
  if (sent === undefined || response.destroyed) return; // The client has left already.
  const subscription = transport(sent).subscribe({
    next: (part) => {
      if (!isResponseHead(part)) return void response.write(part);
      response.writeHead(part.status, part.headers).flushHeaders();
    },
    error: () => cutOff(response),
    complete: () => response.end(),
  });
  response.once('close', () => subscription.unsubscribe());
}

async function transportRequest(request: IncomingMessage): Promise<TransportRequest> {
  const headers = Object.entries(request.headersDistinct).map(([name, values]) => [
    name,
    values?.join(', ') ?? '',
  ]);
  return {
    method: request.method as TransportRequest['method'],
    url: `http://${request.headers.host ?? 'localhost'}${request.url ?? '/'}`,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: await text(request),
  };
}

/** Breaks the connection, after what has been written. */
function cutOff(response: ServerResponse): void {
  if (response.headersSent) response.write('', () => response.destroy());
  else response.destroy();
}

/** Answers as Ollama does to origins it does not know and to preflight requests; says whether the request may go on. */
function allowed(request: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return true;
  if (!LOCAL_ORIGIN.test(origin)) {
    response.writeHead(403).end();
    return false;
  }
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('vary', 'Origin');
  if (request.method !== 'OPTIONS') return true;
  response.writeHead(204, PREFLIGHT).end();
  return false;
}

const LOCAL_ORIGIN =
  /^(https?:\/\/(localhost|127\.0\.0\.1|0\.0\.0\.0)(:\d+)?$|(app|file|tauri|vscode-webview):\/\/)/;

/** A fixed list: a header beyond it, and a browser does not send the request. */
const PREFLIGHT = {
  'access-control-allow-headers': [
    ...['authorization', 'content-type', 'user-agent', 'accept', 'x-requested-with', 'openai-beta'],
    ...[
      'arch',
      'async',
      'custom-poll-interval',
      'helper-method',
      'lang',
      'os',
      'package-version',
      'poll-helper',
    ]
      .concat('retry-count', 'runtime', 'runtime-version', 'timeout')
      .map((name) => `x-stainless-${name}`),
  ].join(','),
  'access-control-allow-methods': 'GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS',
  'access-control-max-age': '43200',
};
