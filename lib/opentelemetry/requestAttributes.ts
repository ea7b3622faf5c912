import type { Attributes, AttributeValue } from '@opentelemetry/api';

import type { ChatConfig } from '../call/config';
import type { ChatRequest } from '../request/ChatRequest';
import { DEFAULT_BASE_URL, parseUrl } from '../request/url';
import {
  OPERATION,
  OUTPUT_TYPE,
  PROVIDER,
  REQUEST,
  REQUEST_MODEL,
  REQUEST_NAMES,
  SERVER_ADDRESS,
  SERVER_PORT,
} from './conventions';

/** Returns the attributes of a call that its span and its metrics share. */
export function callAttributes(
  { model }: Partial<ChatRequest>,
  { baseURL, profile }: Pick<ChatConfig, 'baseURL' | 'profile'>,
): Attributes {
  // None for a URL that is relative to the page, or invalid, which the call reports.
  const { hostname: host, port, protocol } = parseUrl(baseURL ?? DEFAULT_BASE_URL) ?? {};
  // An IPv6 address without the brackets of a URL.
  const hostname = host?.replace(/^\[|\]$/g, '');
  return {
    [OPERATION]: 'chat',
    [PROVIDER]: profile?.name ?? (baseURL === undefined ? 'ollama' : (hostname ?? '_OTHER')),
    [REQUEST_MODEL]: model,
    ...(hostname !== undefined && {
      [SERVER_ADDRESS]: hostname,
      [SERVER_PORT]: Number(port || (protocol === 'https:' ? 443 : 80)),
    }),
  };
}

/** Returns the attributes of a request for its span; none contains text of a message, a tool or a stop sequence. */
export function requestAttributes(request: Partial<ChatRequest>): Attributes {
  const attributes: Attributes = {};
  const fields = { ...request, ...request.extra } as Readonly<Record<string, AttributeValue | null>>;
  for (const [field, name] of Object.entries(REQUEST_NAMES)) {
    const value = fields[field];
    if (value != null && !(field === 'n' && value === 1)) attributes[REQUEST + name] = value;
  }
  const format = request.response_format?.type;
  if (format !== undefined) attributes[OUTPUT_TYPE] = format === 'text' ? format : 'json';
  return attributes;
}
