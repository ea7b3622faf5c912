import { fieldsOf, isRecord } from '../../codec/isRecord';
import { messageOf } from '../../errors';
import { dialect, type DialectName } from '../wire/dialect';
import { embeddingsOf } from '../wire/embeddings';
import { responseHead } from '../wire/heads';
import { checkReply } from './checkScript';
import { isList } from './isList';
import type { Reply, Script, ScriptedRequest } from './Reply';
import { jsonHead, singleRead, timeline, type TimelineEvent } from './timeline';

/** Options for a scripted model, beside its replies. */
export interface ScriptOptions {
  /** The server whose format is used. Default `ollama`. */
  readonly dialect?: DialectName;
  /** The models to list. Requests for other models are served as well. Default `scripted` alone. */
  readonly models?: readonly string[];
  /** Milliseconds before each delta. Default 0. */
  readonly delayMs?: number;
}

/** Returns the response to any request of the API: models, chat completions, embeddings. Other paths get Ollama's 404. */
export function respondTo(
  request: ScriptedRequest,
  script: Script,
  options: ScriptOptions,
): readonly TimelineEvent[] {
  const { dialect: name = 'ollama', models = ['scripted'], delayMs = 0 } = options;
  const { model } = fieldsOf(request.body);
  const context = { model: typeof model === 'string' ? model : models[0], turn: request.turn };
  switch (`${request.method} ${endpointOf(request.url)}`) {
    case 'GET /models':
      return singleRead(jsonHead, JSON.stringify({ object: 'list', data: models.map(toModel) }));
    case 'POST /embeddings':
      return singleRead(jsonHead, JSON.stringify(embeddingsOf(fieldsOf(request.body))));
    case 'POST /chat/completions': {
      const reply = isRecord(request.body) ? replyTo(request, script) : NOT_AN_OBJECT;
      return timeline(reply, request, dialect(name, context), delayMs);
    }
    default:
      return singleRead(responseHead(404, { 'content-type': 'text/plain' }), '404 page not found');
  }
}

const NOT_AN_OBJECT: Reply = { status: 400, message: 'the body is not a JSON object' };

/** Whether a URL is that of chat completions, whose requests count as turns. */
export const isChatUrl = (url: string): boolean => endpointOf(url) === '/chat/completions';

/** The end of the path, without the base URL. */
const endpointOf = (url: string): string | undefined =>
  /\/(models|embeddings|chat\/completions)\/?(?=[?#]|$)/.exec(url)?.[0].replace(/\/$/, '');

const toModel = (id: string) => ({ id, object: 'model', created: 1_790_000_000, owned_by: 'library' });

function replyTo(request: ScriptedRequest, script: Script): Reply {
  if (typeof script === 'function') {
    try {
      const reply = script(request);
      checkReply(reply);
      return reply;
    } catch (error) {
      const message = `the script threw: ${messageOf(error)}`;
      return { status: 500, message };
    }
  }
  if (!isList(script)) return script;
  const message = `no reply for request ${request.turn + 1}; the script has ${script.length}`;
  return script[request.turn] ?? { status: 400, message };
}
