import { fieldsOf, isRecord } from '../codec/isRecord';
import { parseJson } from '../codec/parseJson';
import type { ChatRequest } from '../request/ChatRequest';
import { RelayError } from './RelayError';
import type { RelayAllow } from './RelayOptions';
import { standardFields } from './standardFields';

/** The request to the model, and the form of the response. */
export interface ParsedRequest {
  readonly request: ChatRequest;
  /** Whether the response is a stream of events, and not one completion. */
  readonly isStreamed: boolean;
  /** Whether the stream has a chunk with usage. */
  readonly hasUsage: boolean;
}

/**
 * Checks the lists of what is allowed. JavaScript allows a string, such as a variable of the environment, which includes each part of it.
 *
 * @throws TypeError with the name of the option.
 */
export function checkAllow({ models, fields = standardFields }: RelayAllow): void {
  for (const [name, list] of Object.entries({ models, fields })) {
    if (!Array.isArray(list)) throw new TypeError(`allow.${name} must be a list of strings`);
  }
}

/**
 * Parses the body of a request, and keeps the allowed fields only.
 *
 * `stream` and `stream_options` concern the response of the relay. Usage is requested of the model in any case, so that hooks can
 * count it.
 *
 * @throws RelayError if it is not a request, or names a model that is not allowed.
 */
export function parseRequest(text: string, { models, fields = standardFields }: RelayAllow): ParsedRequest {
  const body = parseJson(text);
  if (!isRecord(body)) throw malformed(text === '' ? 'the body is empty' : 'the body must be a JSON object');
  if (isDeeper(body, DEEPEST)) throw malformed(`the body must not be nested deeper than ${DEEPEST} levels`);
  const { model, messages, stream, stream_options, ...others } = body;
  if (typeof model !== 'string') throw malformed('model must be a string');
  if (!Array.isArray(messages) || !messages.every(isRecord)) {
    throw malformed('messages must be a list of objects');
  }
  if (!models.includes(model)) throw notAllowed();
  const allowed = Object.entries(others).filter(([name]) => fields.includes(name));
  const isStandard = ([name]: readonly [string, unknown]): boolean => standardFields.includes(name);
  const extra = Object.fromEntries(allowed.filter((field) => !isStandard(field)));
  const request = {
    model,
    messages,
    ...Object.fromEntries(allowed.filter(isStandard)),
    ...(Object.keys(extra).length > 0 && { extra }),
  } as unknown as ChatRequest;
  return {
    request,
    isStreamed: stream === true,
    hasUsage: fieldsOf(stream_options)['include_usage'] === true,
  };
}

/** The deepest nesting of a body: model servers refuse a deeper one, and writing it again may exceed the stack. */
const DEEPEST = 128;

/** Whether a value has objects in each other at more than a number of levels. */
const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)));

const malformed = (message: string): RelayError => new RelayError(400, 'invalid_request', message);

const notAllowed = (): RelayError =>
  new RelayError(403, 'model_not_allowed', 'the model is not allowed here: use another one');
