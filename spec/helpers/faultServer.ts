import { createServer, type OutgoingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTick } from 'node:timers/promises';

import { BehaviorSubject, filter, firstValueFrom, throwError, timeout } from 'rxjs';
import { type ServerFrame, bytesOf } from 'rxjs-chat-completions/testing';

/** What has happened at the server since it was started. */
interface Counts {
  /** Connections that came. */
  readonly sockets: number;
  /** Connections that are there now. */
  readonly open: number;
  /** Requests that came whole. */
  readonly requests: number;
  /** Requests that are neither answered nor let go of. */
  readonly busy: number;
  /** Requests that the client let go of before their answer had ended. */
  readonly aborts: number;
}

/** A request as it came. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** What a server does with one request. */
export type Script = (exchange: Exchange) => void | Promise<void>;

/** A server that does to its clients what it is told. */
export interface FaultServer {
  /** `http://127.0.0.1:…/v1` */
  readonly baseURL: string;
  readonly port: number;
  readonly counts: Counts;
  /** In the order they came. */
  readonly received: readonly Received[];
  /** Resolves once the counts are so; what a spec waits for instead of for time. */
  readonly when: (so: (counts: Counts) => boolean) => Promise<void>;
  /** Breaks what connections there are, and stops. */
  readonly close: () => Promise<void>;
}

/** How a faulty server is to begin with. */
export interface FaultServerOptions {
  /** Sees each connection before any request; may end it. */
  readonly onConnection?: (socket: Socket) => void;
}

const NOTHING_YET: Counts = { sockets: 0, open: 0, requests: 0, busy: 0, aborts: 0 };

/** When a spec has waited too long for the counts to be so. Only a spec that fails ever waits this long. */
const PATIENCE_MS = 20_000;

/**
 * Starts a server on a free port of this machine that plays a script for each request.
 *
 * Plain HTTP of Node, and its bare socket wherever HTTP itself is to be broken.
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
      () => undefined, // The client left while it was still asking.
    );
  });
  server.on('connection', (socket) => {
    count(({ sockets, open }) => ({ sockets: sockets + 1, open: open + 1 }));
    socket.once('close', () => count(({ open }) => ({ open: open - 1 })));
    // A client that lets go may do so by a reset.
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

/** A port of this machine where nobody listens. */
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

/** A script that throws is a broken spec: its client sees the connection break, and the reason goes to Jest. */
async function play(script: Script, exchange: Exchange): Promise<void> {
  try {
    await script(exchange);
  } catch (error) {
    exchange.reset();
    throw error;
  }
}

/** One request, and the hand that writes the answer. */
export class Exchange {
  /** The server has ended the answer, well or badly; from here on a closed connection is not the client's doing. */
  over = false;
  /** How much of the body has been sent, in bytes. */
  sent = 0;
  /** Resolves when the connection or the answer has ended, whoever ended it. */
  readonly closed: Promise<void>;
  readonly #response: ServerResponse;
  readonly #socket: Socket;

  constructor(
    response: ServerResponse,
    /** Which request it is; the first is 1. */
    readonly turn: number,
    readonly request: Received,
  ) {
    this.#response = response;
    this.#socket = response.socket as Socket;
    this.closed = new Promise((resolve) => response.once('close', resolve));
  }

  /** Whether somebody still listens. */
  get listening(): boolean {
    return !this.#socket.destroyed && !this.#response.destroyed;
  }

  /** Sends a head: of an event stream, unless told otherwise; the body follows in HTTP chunks. */
  head(status = 200, headers: OutgoingHttpHeaders = {}): void {
    this.#response.writeHead(status, { 'content-type': 'text/event-stream', ...headers });
    this.#response.flushHeaders();
  }

  /** Sends a piece of the body, an HTTP chunk of its own. Resolves when it has left, or nobody listens any more. */
  async write(piece: string | Uint8Array): Promise<void> {
    if (!this.listening || piece.length === 0) return;
    this.sent += Buffer.byteLength(piece);
    await Promise.race([
      new Promise<void>((resolve) => this.#response.write(piece, () => resolve())),
      this.closed,
    ]);
  }

  /** Sends events of the API: texts, chunks and whatever else the builders make. */
  say(...said: readonly ServerFrame[]): Promise<void> {
    return this.write(bytesOf(...said));
  }

  /** Sends a byte at a time, each in an HTTP chunk and, as far as that can be had, a packet of its own. */
  async drip(text: string): Promise<void> {
    for (const byte of new TextEncoder().encode(text)) {
      await this.write(Uint8Array.of(byte));
      await nextTick();
    }
  }

  /** Sends the same over and over, as fast as the client reads, until it lets go. Nothing is ever held but one copy. */
  async flood(piece: string | Uint8Array, times = Infinity): Promise<void> {
    const bytes = Buffer.from(piece);
    for (let sent = 0; sent < times && this.listening; sent += 1) {
      await this.write(bytes);
      // As long as the system takes it all, a write ends before it is waited for, and nobody else has a turn.
      await nextTick();
    }
  }

  /** Ends the body properly. */
  end(): void {
    if (!this.listening) return;
    this.over = true;
    this.#response.end();
  }

  /** Ends the connection where it is, the body unfinished; what was sent before still arrives. */
  cut(): void {
    this.over = true;
    this.#socket.destroySoon();
  }

  /** Breaks the connection. What the client has not read yet may be lost: wait until it has. */
  reset(): void {
    this.over = true;
    this.#socket.resetAndDestroy();
  }

  /** Writes to the bare socket: heads that are none, bodies of a length of their own. `head` must not have been called. */
  raw(text: string): void {
    this.#socket.write(text);
  }

  /** An answer in one piece. */
  whole(status: number, headers: OutgoingHttpHeaders, body: string | Uint8Array): void {
    this.over = true;
    this.#response.writeHead(status, headers).end(body);
  }
}
