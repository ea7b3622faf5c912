import { createServer, type OutgoingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTick } from 'node:timers/promises';

import { BehaviorSubject, filter, firstValueFrom, throwError, timeout } from 'rxjs';
import { type ServerFrame, bytesOf } from 'rxjs-chat-completions/testing';

/** Counts since the server was started. */
interface Counts {
  /** Connections accepted. */
  readonly sockets: number;
  /** Connections that are open now. */
  readonly open: number;
  /** Requests received completely. */
  readonly requests: number;
  /** Requests that are neither answered nor aborted. */
  readonly busy: number;
  /** Requests that the client aborted before the end of their response. */
  readonly aborts: number;
}

/** A received request. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** A function that handles one request. */
export type Script = (exchange: Exchange) => void | Promise<void>;

/** A server that plays scripts. */
export interface FaultServer {
  /** `http://127.0.0.1:…/v1` */
  readonly baseURL: string;
  readonly port: number;
  readonly counts: Counts;
  /** In the order of arrival. */
  readonly received: readonly Received[];
  /** Resolves once the counts match; specs wait for this instead of for time. */
  readonly when: (so: (counts: Counts) => boolean) => Promise<void>;
  /** Breaks all connections and stops. */
  readonly close: () => Promise<void>;
}

/** Options for {@link startFaultServer}. */
export interface FaultServerOptions {
  /** Called with each connection before any request; may end it. */
  readonly onConnection?: (socket: Socket) => void;
}

const NOTHING_YET: Counts = { sockets: 0, open: 0, requests: 0, busy: 0, aborts: 0 };

/** Milliseconds until a spec stops waiting for the counts. Only a spec that fails waits this long. */
const PATIENCE_MS = 20_000;

/**
 * Starts a server on a free port of this machine that plays a script for each request.
 *
 * Plain HTTP of Node, and its bare socket where a fault breaks HTTP itself.
 */
export async function startFaultServer(
  script: Script,
  options: FaultServerOptions = {},
): Promise<FaultServer> {
  const counts$ = new BehaviorSubject(NOTHING_YET);
  const count = (change: (counts: Counts) => Partial<Counts>): void => {
    counts$.next({ ...counts$.value, ...change(counts$.value) });
  };
  const received: Received[] = [];

  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    void text(request).then(
      (body) => {
        const { method = '', url: path = '', headers } = request;
        received.push({ method, path, headers, body });
        count(({ requests, busy }) => ({ requests: requests + 1, busy: busy + 1 }));
        const exchange = new Exchange(response, received.length, { method, path, headers, body });
        response.once('close', () => {
          count(({ busy, aborts }) => ({ busy: busy - 1, aborts: exchange.over ? aborts : aborts + 1 }));
        });
        void play(script, exchange);
      },
      () => undefined, // The client disconnected while it was sending.
    );
  });
  server.on('connection', (socket) => {
    count(({ sockets, open }) => ({ sockets: sockets + 1, open: open + 1 }));
    socket.once('close', () => count(({ open }) => ({ open: open - 1 })));
    // A client may abort by a reset.
    socket.on('error', () => undefined);
    options.onConnection?.(socket);
  });
  const port = await listen(server);

  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    port,
    received,
    get counts() {
      return counts$.value;
    },
    when: async (so) => {
      const late = () =>
        throwError(() => new Error(`waited in vain; the counts are ${JSON.stringify(counts$.value)}`));
      await firstValueFrom(counts$.pipe(filter(so), timeout({ first: PATIENCE_MS, with: late })));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Returns a port of this machine that refuses connections. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server
      .once('error', reject)
      .listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

/** Handles a script that throws, which is a broken spec: the connection breaks, and the reason is reported to Jest. */
async function play(script: Script, exchange: Exchange): Promise<void> {
  try {
    await script(exchange);
  } catch (error) {
    exchange.reset();
    throw error;
  }
}

/** One request, and functions that write its response. */
export class Exchange {
  /** Whether the server has ended the response. After that a closed connection is not an abort by the client. */
  over = false;
  /** Bytes of the body sent so far. */
  sent = 0;
  /** Resolves when the connection or the response has ended, on either side. */
  readonly closed: Promise<void>;
  readonly #response: ServerResponse;
  readonly #socket: Socket;

  constructor(
    response: ServerResponse,
    /** The number of the request, counted from 1. */
    readonly turn: number,
    readonly request: Received,
  ) {
    this.#response = response;
    this.#socket = response.socket as Socket;
    this.closed = new Promise((resolve) => response.once('close', resolve));
  }

  /** Whether the client is still connected. */
  get listening(): boolean {
    return !this.#socket.destroyed && !this.#response.destroyed;
  }

  /** Sends a head, by default of an event stream. The body follows in HTTP chunks. */
  head(status = 200, headers: OutgoingHttpHeaders = {}): void {
    this.#response.writeHead(status, { 'content-type': 'text/event-stream', ...headers });
    this.#response.flushHeaders();
  }

  /** Sends a part of the body as one HTTP chunk. Resolves when it is sent, or the client has disconnected. */
  async write(piece: string | Uint8Array): Promise<void> {
    if (!this.listening || piece.length === 0) return;
    this.sent += Buffer.byteLength(piece);
    await Promise.race([
      new Promise<void>((resolve) => this.#response.write(piece, () => resolve())),
      this.closed,
    ]);
  }

  /** Sends events of the API: texts, chunks and other results of the builders. */
  say(...said: readonly ServerFrame[]): Promise<void> {
    return this.write(bytesOf(...said));
  }

  /** Sends a byte at a time, each in a separate HTTP chunk and, if possible, packet. */
  async drip(text: string): Promise<void> {
    for (const byte of new TextEncoder().encode(text)) {
      await this.write(Uint8Array.of(byte));
      await nextTick();
    }
  }

  /** Repeats a text as fast as the client reads, until it disconnects. Only one copy is in memory. */
  async flood(piece: string | Uint8Array, times = Infinity): Promise<void> {
    const bytes = Buffer.from(piece);
    for (let sent = 0; sent < times && this.listening; sent += 1) {
      await this.write(bytes);
      // While the system buffers everything a write ends at once, and no other task runs.
      await nextTick();
    }
  }

  /** Ends the body. */
  end(): void {
    if (!this.listening) return;
    this.over = true;
    this.#response.end();
  }

  /** Ends the connection with the body unfinished. Data that was sent before still arrives. */
  cut(): void {
    this.over = true;
    this.#socket.destroySoon();
  }

  /** Resets the connection. Data that the client has not read may be lost: wait until it has. */
  reset(): void {
    this.over = true;
    this.#socket.resetAndDestroy();
  }

  /** Writes to the bare socket: invalid heads, bodies of another length. `head` must not have been called. */
  raw(text: string): void {
    this.#socket.write(text);
  }

  /** Sends a complete response. */
  whole(status: number, headers: OutgoingHttpHeaders, body: string | Uint8Array): void {
    this.over = true;
    this.#response.writeHead(status, headers).end(body);
  }
}
