import type { ResponseHead } from './transport';

/** Converts a response of fetch to plain data. A `fetch` of a mock may have a plain object as its headers. */
export function responseHead(response: Pick<Response, 'status' | 'headers'>): ResponseHead {
  const headers = Object(response.headers) as object;
  const entries = Symbol.iterator in headers ? (headers as Map<string, unknown>) : Object.entries(headers);
  const plain: Record<string, string> = {};
  for (const [name, value] of entries) plain[name.toLowerCase()] = String(value);
  return { status: response.status, headers: plain };
}
