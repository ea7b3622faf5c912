/**
 * The scripted model as an HTTP server. Node only.
 *
 * @module rxjs-chat-completions/testing/server
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { isResponseHead, type TransportRequest } from '../transport/transport';
import type { ScriptOptions } from './script/respond';
import type { Script, ScriptedRequest } from './script/Reply';
import type { ScriptedTransport } from './script/requests';
import { scriptedTransport } from './script/scriptedTransport';

/** Options for {@link startScriptedServer}. */
export interface ScriptedServerOptions extends ScriptOptions {
  /** One reply for all requests, a list of replies, or a function of the request. */
  readonly replies: Script;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default `127.0.0.1`: this machine only. */
  readonly host?: string;
}

/** A running server. */
export interface ScriptedServer {
  /** `http://127.0.0.1:…/v1` */
  readonly baseURL: string;
  readonly port: number;
  /** The requests it received. */
  readonly requests: readonly ScriptedRequest[];
  /** Closes the open connections and stops the server. */
  readonly close: () => Promise<void>;
}

/**
 * Starts an HTTP server with the scripted model, for end-to-end tests. Node only.
 *
 * It serves models, chat completions (streamed or not) and embeddings, and fails as scripted: a cut breaks the connection, and
 * requests that a client aborts are marked. It allows the same origins and headers as Ollama does: local pages can call it.
 *
 * @returns A promise of the server, resolved when it listens. It is rejected when the port is in use, and with a TypeError or
 * RangeError when a reply cannot be sent, such as one with status 99.
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
    if (isAllowed(request, response)) void respond(transport, request, response);
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

async function respond(
  transport: ScriptedTransport,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const received = await toTransportRequest(request).catch(() => undefined);
  if (received === undefined || response.destroyed) return; // The client has disconnected.
  const subscription = transport(received).subscribe({
    next: (part) => {
      if (!isResponseHead(part)) return void response.write(part);
      response.writeHead(part.status, part.headers).flushHeaders();
    },
    error: () => breakConnection(response),
    complete: () => response.end(),
  });
  response.once('close', () => subscription.unsubscribe());
}

async function toTransportRequest(request: IncomingMessage): Promise<TransportRequest> {
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

/** Breaks the connection once everything written is sent. */
function breakConnection(response: ServerResponse): void {
  if (response.headersSent) response.write('', () => response.destroy());
  else response.destroy();
}

/** Handles CORS as Ollama does. Responds to preflight requests and unknown origins itself, and returns false for them. */
function isAllowed(request: IncomingMessage, response: ServerResponse): boolean {
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

/** Ollama's fixed list of headers. A browser does not send a request with any other. */
const PREFLIGHT = {
  'access-control-allow-headers':
    'authorization,content-type,user-agent,accept,x-requested-with,openai-beta,' +
    'x-stainless-arch,x-stainless-async,x-stainless-custom-poll-interval,x-stainless-helper-method,' +
    'x-stainless-lang,x-stainless-os,x-stainless-package-version,x-stainless-poll-helper,' +
    'x-stainless-retry-count,x-stainless-runtime,x-stainless-runtime-version,x-stainless-timeout',
  'access-control-allow-methods': 'GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS',
  'access-control-max-age': '43200',
};
