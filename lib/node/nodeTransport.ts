import http, { type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';

import { Observable, type Subscriber, type Subscription } from 'rxjs';

import { isChatError, messageOf, RequestError } from '../errors';
import { redactError, redactorOf } from '../request/redact';
import { connectionFailure } from '../transport/fetchFailure';
import type { ReadGate } from '../transport/ReadGate';
import { isRedirect, redirectTarget } from '../transport/redirects';
import type { Bytes, ResponseHead, Transport, TransportRequest } from '../transport/transport';
import { keepAliveAgents, type AgentOf } from './agents';
import { decodedBody } from './decodedBody';

/** Options for {@link nodeTransport}. */
export interface NodeTransportOptions {
  /**
   * The agent of all requests, or a function that returns it for a URL. Default: a keep-alive agent for each protocol, which uses
   * the proxy of the environment if Node does (`NODE_USE_ENV_PROXY=1`).
   *
   * An `https.Agent` has the TLS options: `ca`, `cert`, `key`, `rejectUnauthorized`. A proxy is an agent, too.
   */
  readonly agent?: Agent | ((url: URL) => Agent);
}

/**
 * Creates a transport that sends the request with `node:http` or `node:https` and emits each read of the body.
 *
 * It uses less CPU than `fetch`, has no time limit, and takes agents. Node's `fetch` times out after 300 s without a head or
 * without a read. Here the `timeouts` of the config are the only limits.
 *
 * Unsubscribing destroys the request in the same tick, before the head or during the body. After a complete body the connection
 * returns to its agent. Redirects are followed within the origin only, and 301 to 303 not at all for a POST. The request
 * accepts no compression. If a server compresses regardless, gzip, deflate and br are decoded.
 *
 * @param options - The agent of the connections.
 * @returns A transport that errors with `ConnectionError` if the server cannot be reached or the connection breaks, with
 * `ProtocolError` at a redirect that it does not follow, and with {@link RequestError} for a URL, a header or an agent that
 * Node does not accept.
 *
 * @example Trust the certificate authority of a company
 * ```ts
 * import { Agent } from 'node:https';
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { nodeTransport } from 'rxjs-chat-completions/node';
 *
 * const company = (ca: string) => nodeTransport({ agent: new Agent({ keepAlive: true, ca }) });
 * const answer$ = (ca: string) =>
 *   chatCompletion$(
 *     { baseURL: 'https://models.example.com/v1', transport: company(ca) },
 *     { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] },
 *   );
 * ```
 */
export function nodeTransport({ agent = keepAliveAgents() }: NodeTransportOptions = {}): Transport {
  const agentOf = typeof agent === 'function' ? agent : () => agent;
  return (request) =>
    new Observable<ResponseHead | Bytes>((subscriber) => new NodeCall(request, agentOf, subscriber).start());
}

/** A request with its redirects, and the response to the last of them. */
class NodeCall {
  readonly #request: TransportRequest;
  readonly #agentOf: AgentOf;
  readonly #subscriber: Subscriber<ResponseHead | Bytes>;
  #sent: ClientRequest | undefined;
  #response: IncomingMessage | undefined;
  /** The response without its content codings. */
  #body: Readable | undefined;

  constructor(request: TransportRequest, agentOf: AgentOf, subscriber: Subscriber<ResponseHead | Bytes>) {
    this.#request = request;
    this.#agentOf = agentOf;
    this.#subscriber = subscriber;
  }

  /** Sends the request, and emits the response until the subscriber unsubscribes. */
  start(): void {
    this.#subscriber.add(() => this.#release());
    this.#attempt(() => this.#send(this.#request.url, 0));
  }

  #send(url: string, hops: number): void {
    const { method, headers, body } = this.#request;
    const at = new URL(url);
    // Of the modules: tools that record or mock requests replace the functions there.
    const { request } = at.protocol === 'https:' ? https : http;
    const sent = request(at, { method, headers, agent: this.#agentOf(at) });
    this.#sent = sent;
    sent
      .on('error', (error) => {
        // What follows a complete body does not matter.
        if (sent === this.#sent && this.#response?.complete !== true) this.#fail(error);
      })
      // Without an error when the server switches to another protocol.
      .on('close', () => {
        if (sent === this.#sent && this.#response === undefined) this.#fail(new Error('socket hang up'));
      })
      .on('response', (response) => {
        const {
          statusCode: status = 0,
          headers: { location },
        } = response;
        if (!isRedirect(status) || location === undefined) return this.#receive(response);
        this.#sent = undefined;
        response.on('error', ignore);
        sent.destroy();
        this.#attempt(() =>
          this.#send(redirectTarget(method, { from: url, status, location, hops }), hops + 1),
        );
      })
      .end(body);
  }

  #receive(response: IncomingMessage): void {
    const subscriber = this.#subscriber;
    const fail = (error: unknown): void => this.#fail(error);
    this.#response = response;
    // Before the head is emitted: an unsubscribe at the head ends both streams with an error.
    const body = decodedBody(response).on('error', fail);
    response.on('error', fail);
    subscriber.next(headOf(response));
    if (subscriber.closed) return;
    this.#body = body;
    body.on('end', () => subscriber.complete());
    const { gate } = this.#request;
    if (gate !== undefined) subscriber.add(pauseWhileClosed(gate, body, fail));
    body.on('data', (read: Buffer) => subscriber.next(bytesOf(read)));
  }

  /** Reports an exception: Node throws at a URL, a header or an agent that it does not accept. */
  #attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#fail(isChatError(error) ? error : unsendable(error));
    }
  }

  #fail(error: unknown): void {
    if (this.#subscriber.closed) return;
    this.#flush();
    const { url } = this.#request;
    const failure = isChatError(error) ? error : connectionFailure(error, url, this.#response !== undefined);
    this.#subscriber.error(redactError(failure, redactorOf(this.#request)));
  }

  /** Emits what was received, which an error discards, also while the gate is closed: nothing more can be read. */
  #flush(): void {
    const body = this.#body?.removeAllListeners('data');
    const next = (): Buffer | null => (body?.read() ?? null) as Buffer | null;
    for (let read = next(); read !== null; read = next()) this.#subscriber.next(bytesOf(read));
  }

  #release(): void {
    // The agent has the connection again after the end of both bodies. A server may respond before it has read the request.
    if (this.#response?.readableEnded !== true || this.#sent?.writableFinished === false)
      this.#sent?.destroy();
  }
}

/** Pauses a body whenever the gate closes. Data that was received before is kept until the gate opens. */
function pauseWhileClosed(gate: ReadGate, body: Readable, fail: (error: unknown) => void): Subscription {
  if (!gate.isOpen) body.pause();
  return gate.isOpen$.subscribe({
    next: (isOpen) => (isOpen ? body.resume() : body.pause()),
    error: fail,
  });
}

/** Converts a head to plain data. Only `set-cookie` has a list of values. */
function headOf({ statusCode: status = 0, headers }: IncomingMessage): ResponseHead {
  const plain = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]);
  return { status, headers: Object.fromEntries(plain) as Record<string, string> };
}

/** Returns the bytes of a buffer, whose own `slice` does not copy. */
const bytesOf = ({ buffer, byteOffset, byteLength }: Buffer): Bytes =>
  new Uint8Array(buffer, byteOffset, byteLength);

const unsendable = (error: unknown): RequestError =>
  new RequestError(
    `the request cannot be sent; check the URL, the headers and the agent (${messageOf(error)})`,
  );

/** Handles the expected error after a redirect's body was destroyed. */
const ignore = (): void => undefined;
