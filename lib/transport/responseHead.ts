import type { ResponseHead } from './transport';

/** Converts a response of fetch to plain data. A `fetch` of a mock may have a plain object as its headers. */
export function responseHead(response: Pick<Response, 'status' | 'headers'>): ResponseHead {
  const { status } = response;
  const headers = response.headers as Partial<Headers> | undefined;
  const plain: Record<string, string> = {};
  const add = (value: unknown, name: string): void => {
    plain[name.toLowerCase()] = String(value);
  };
  if (typeof headers?.forEach === 'function') headers.forEach(add);
  else for (const [name, value] of Object.entries(headers ?? {})) add(value, name);
  return { status, headers: plain };
}
