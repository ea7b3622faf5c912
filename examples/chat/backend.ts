import { catchError, defer, map, of, switchMap, throwError, type Observable } from 'rxjs';
import { isChatError, models$, type ChatConfig, type Model } from 'rxjs-chat-completions';
import { demoModel } from 'rxjs-chat-completions/testing';
import { startScriptedServer } from 'rxjs-chat-completions/testing/server';

import { ollamaModels$, type OllamaOptions } from './ollama';
import { showWaiting, type StatusScreen } from './showWaiting';

const OPENAI = { baseURL: 'https://api.openai.com/v1', model: 'gpt-4o-mini' };

/** The server and model that the command line and the environment name. */
export interface Options {
  readonly baseURL?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly model?: string | undefined;
  /** The option or variable that names the server. */
  readonly from: string;
}

/** The server and model in use. */
export interface Backend {
  readonly config: ChatConfig;
  readonly model: string;
  /** First line of the program: the model, the server, and the reason for the choice. */
  readonly banner: string;
  /** Whether the model is the scripted one, which can fail on demand. */
  readonly scripted: boolean;
  readonly close: () => void;
}

/**
 * Emits the named server; otherwise Ollama, if it runs on this machine; otherwise a server with the scripted model.
 *
 * With a named model or server, the scripted model never answers in its place: the Observable errors.
 */
export function backend$(options: Options, ollama: OllamaOptions): Observable<Backend> {
  const { baseURL, apiKey, model } = options;
  if (baseURL !== undefined) return named$(options, baseURL, ollama.screen);
  if (apiKey !== undefined)
    return named$({ ...options, model: model ?? OPENAI.model }, OPENAI.baseURL, ollama.screen);
  return ollamaModels$(ollama).pipe(
    switchMap(({ models, problem }) => {
      if (problem !== null)
        return model === undefined
          ? scripted$(problem, adviceFor(ollama.from))
          : notFound$(problem, ollama.from);
      const name = model ?? models.find(isChatModel)?.id;
      return name === undefined
        ? scripted$('Ollama has no chat model', 'For a real model, run ollama pull llama3.2.')
        : of(backend(ollama.baseURL, {}, name, 'running on this machine'));
    }),
  );
}

const notFound$ = (problem: string, from: string | undefined): Observable<never> =>
  throwError(
    () =>
      new Error(
        `${problem}. Start it with ollama serve, ${from === undefined ? '' : `correct ${from}, `}or name another server with --base-url.`,
      ),
  );

function named$(
  { apiKey, model, from }: Options,
  baseURL: string,
  screen: StatusScreen,
): Observable<Backend> {
  const key = apiKey === undefined ? {} : { apiKey };
  const model$ = model === undefined ? firstListed$({ baseURL, ...key }, screen) : of(model);
  return model$.pipe(map((name) => backend(baseURL, key, name, from)));
}

/** Emits the first chat model that a server lists. Not every server lists its models, so an address without a list may be right. */
const firstListed$ = (
  config: ChatConfig & { readonly baseURL: string },
  screen: StatusScreen,
): Observable<string> =>
  models$(config).pipe(
    showWaiting(`Waiting for ${config.baseURL}…`, screen),
    map(firstChatModel),
    catchError((error: unknown) => {
      const isMissing = isChatError(error) && error._tag === 'HttpError' && error.status === 404;
      throw isMissing
        ? new Error(
            `No models are listed: ${error.message}. If the address is right, name a model with --model.`,
          )
        : error;
    }),
  );

/** @param from - The variable that names the address of Ollama, which may be wrong. */
const adviceFor = (from: string | undefined): string =>
  from === undefined
    ? 'For a real model, start Ollama, or name a server with --base-url.'
    : `${from} names this address of Ollama: start Ollama there, or correct or unset ${from}.`;

/** Starts a server with the scripted model, so that answers arrive through a socket. */
function scripted$(reason: string, advice: string): Observable<Backend> {
  return defer(() => startScriptedServer({ replies: demoModel(), delayMs: 20 })).pipe(
    map((server) => ({
      config: { baseURL: server.baseURL, timeouts: { idle: 5_000 } },
      model: 'scripted',
      banner: `Scripted model on ${server.baseURL} (${reason})\n${advice}`,
      scripted: true,
      close: () => void server.close(),
    })),
  );
}

function backend(baseURL: string, key: { apiKey?: string }, model: string, reason: string): Backend {
  const banner = `${model} on ${baseURL} (${reason})`;
  return { config: { baseURL, ...key }, model, banner, scripted: false, close: () => {} };
}

/** Whether a model is not for embeddings, which only its name shows. */
const isChatModel = ({ id }: Model): boolean => !/embed|^bge-|minilm/i.test(id);

function firstChatModel(models: readonly Model[]): string {
  const model = models.find(isChatModel) ?? models[0];
  if (model === undefined) throw new Error('The server lists no models. Name one with --model.');
  return model.id;
}
