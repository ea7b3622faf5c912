import { scriptedFetch, type Reply, type ScriptedRequest } from 'rxjs-chat-completions/testing';

import { dialectFetch } from '../../spec/helpers/dialectFetch';

/** Milliseconds between deltas. */
const DELAY_MS = 120;

/** The addresses that the scripted model answers. */
const API = /\/(models|embeddings|chat\/completions|responses|api\/(chat|tags|ps|pull))$/;

/** The page of the example that ran last; `undefined` before the first. */
let page: string | undefined;

/**
 * Replaces the `fetch` of the page for requests to a model. Other requests are sent, and those of other pages, such as the
 * playground.
 *
 * It stays after the run, since an example may send a request later: the next call of a loop, or a retry.
 */
export function scriptFetch(): void {
  const isReplaced = page !== undefined;
  page = location.pathname;
  if (isReplaced) return;
  const original = globalThis.fetch;
  const scripted = dialectFetch(
    scriptedFetch(replyTo, { delayMs: DELAY_MS, models: ['llama3.2', 'gpt-oss'] }),
  );
  globalThis.fetch = (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const isScripted = location.pathname === page && API.test(url.replace(/[?#].*$/, ''));
    return isScripted ? scripted(input, init) : original(input, init);
  };
}

/** The part of JSON Schema that the guides use. */
interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Body {
  readonly tools?: readonly { readonly function?: { readonly name?: string } }[];
  readonly messages?: readonly { readonly role?: string }[];
  readonly response_format?: { readonly json_schema?: { readonly schema?: Schema } };
}

/** Writes JSON of the requested schema, calls the first tool once and answers with its result, or greets. */
function replyTo({ body }: ScriptedRequest): Reply {
  const { tools = [], messages = [], response_format } = (body ?? {}) as Body;
  const schema = response_format?.json_schema?.schema;
  if (schema !== undefined)
    return { parts: [{ text: JSON.stringify(sampleOf(schema)).match(/.{1,7}/g) ?? [] }] };
  const [tool] = tools;
  if (tool !== undefined && messages.at(-1)?.role !== 'tool') {
    const name = tool.function?.name ?? 'weather';
    return { parts: [{ toolCall: { name, arguments: { city: 'Oslo' } } }] };
  }
  return tool === undefined
    ? { parts: [{ reasoning: 'A greeting.' }, 'Hello there, this is a scripted model.'] }
    : { parts: ['It is 4 °C and clear.'] };
}

/** Returns a value of the plain schemas in the guides. */
function sampleOf({ type, properties = {} }: Schema): unknown {
  if (type === 'object')
    return Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, sampleOf(each)]));
  return type === 'string' ? 'Ada Lovelace' : 1815;
}
