import type { TransportRequest } from '../transport/transport';
import type { Place } from './wholeEvents';

/** Returns the request that starts an answer, with its id. */
export const startRequest = (request: TransportRequest, key: string): TransportRequest => ({
  ...request,
  headers: { ...request.headers, 'idempotency-key': key },
});

/** Returns the request for the events after a place. */
export const joinRequest = (
  { headers, gate, limits }: TransportRequest,
  url: string,
  { lastId }: Place,
): TransportRequest => ({
  method: 'GET',
  url,
  headers: { ...laterHeaders(headers), ...(lastId !== '' && { 'last-event-id': lastId }) },
  gate,
  limits,
});

/** Returns the request that stops an answer for all its readers. */
export const stopRequest = ({ headers }: TransportRequest, url: string): TransportRequest => ({
  method: 'DELETE',
  url,
  headers: laterHeaders(headers),
  keepalive: true,
});

/** The headers of a request that is not the first of its stream. */
const laterHeaders = (headers: TransportRequest['headers']): TransportRequest['headers'] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_FIRST.includes(name)));

const OF_THE_FIRST = ['content-type', 'idempotency-key', 'last-event-id'];
