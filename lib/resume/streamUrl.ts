import type { TransportRequest } from '../transport/transport';

/** Returns the URL of the stream that a request starts or joins; `undefined` if it does neither. */
export function streamUrl({ method, url, headers }: TransportRequest, key: string): string | undefined {
  const [, base = '', query = ''] = /^([^?#]*)(\?[^#]*)?/s.exec(url) ?? [];
  if (headers['accept'] !== 'text/event-stream') return undefined;
  if (method === 'POST' && base.endsWith(PATH)) return `${base}/${encodeURIComponent(key)}${query}`;
  return method === 'GET' && base.includes(`${PATH}/`) ? url : undefined;
}

const PATH = '/chat/completions';
