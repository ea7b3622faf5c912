import { dialect, type DialectName } from '../wire/dialect';
import { embeddingsOf } from '../wire/embeddings';
import { responseHead } from '../wire/heads';
import type { Reply, Script, ScriptedRequest } from './Reply';
import { recordOf, inOnePiece, jsonHead, timeline, type TimelineEvent } from './timeline';

/** What a script may be told beside its replies. */
export interface ScriptOptions {
  /** The server whose spelling is used. Default `ollama`. */
  readonly dialect?: DialectName;
  /** The models that are listed; any is answered for. Default `scripted` alone. */
  readonly models?: readonly string[];
  /** Milliseconds before each piece of an answer. Default 0. */
  readonly delayMs?: number;
}

/** The answer to any request of the API: models, chat completions, embeddings; 404 as Ollama's for the rest. */
export function answerTo(
  request: ScriptedRequest,
  script: Script,
  options: ScriptOptions,
): readonly TimelineEvent[] {
  const { dialect: name = 'ollama', models = ['scripted'], delayMs = 0 } = options;
  const { model } = recordOf(request.body);
  const speaker = dialect(name, { model: typeof model === 'string' ? model : models[0], turn: request.turn });
  switch (`${request.method} ${endpointOf(request.url)}`) {
    case 'GET /models':
      return inOnePiece(jsonHead, JSON.stringify({ object: 'list', data: models.map(modelOf) }));
    case 'POST /embeddings':
      return inOnePiece(jsonHead, JSON.stringify(embeddingsOf(recordOf(request.body))));
    case 'POST /chat/completions':
      return timeline(
        isObject(request.body) ? replyTo(request, script) : NO_OBJECT,
        request,
        speaker,
        delayMs,
      );
    default:
      return inOnePiece(responseHead(404, { 'content-type': 'text/plain' }), '404 page not found');
  }
}

const NO_OBJECT: Reply = { status: 400, message: 'the body is not a JSON object' };

const isObject = (json: unknown): boolean => typeof json === 'object' && json !== null;

/** Whether a request is one for a chat completion, which takes its turn. */
export const isChat = (url: string): boolean => endpointOf(url) === '/chat/completions';

/** The end of the path, whatever it is appended to. */
const endpointOf = (url: string): string | undefined =>
  /\/(models|embeddings|chat\/completions)\/?(?=[?#]|$)/.exec(url)?.[0].replace(/\/$/, '');

const modelOf = (id: string) => ({ id, object: 'model', created: 1_790_000_000, owned_by: 'library' });

function replyTo(request: ScriptedRequest, script: Script): Reply {
  if (typeof script === 'function') {
    try {
      return script(request);
    } catch (error) {
      return {
        status: 500,
        message: `the script threw: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
  }
  if (!isList(script)) return script;
  const words = `the script has ${script.length} replies, and this is request ${request.turn + 1}`;
  return script[request.turn] ?? { status: 400, message: words };
}

/** `Array.isArray` does not know readonly arrays. */
const isList = (script: Reply | readonly Reply[]): script is readonly Reply[] => Array.isArray(script);
