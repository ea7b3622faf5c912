import { catchError, defer, map, of, switchMap, timeout, TimeoutError, type Observable } from 'rxjs';
import { models$, type ChatConfig, type Model } from 'rxjs-chat-completions';
import { demoModel } from 'rxjs-chat-completions/testing';
import { startScriptedServer } from 'rxjs-chat-completions/testing/server';

const OLLAMA = '127.0.0.1:11434';
const OPENAI = { baseURL: 'https://api.openai.com/v1', model: 'gpt-4o-mini' };

/** Whom to talk to, as far as the command line and the environment say. */
export interface Options {
  readonly baseURL?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly model?: string | undefined;
  /** Where the wish was read. */
  readonly from: string;
}

/** Whom we talk to. */
export interface Backend {
  readonly config: ChatConfig;
  readonly model: string;
  /** The first line of the program: the model, the server, and why these. */
  readonly words: string;
  /** The model is our own script, which knows how to fail. */
  readonly scripted: boolean;
  readonly close: () => void;
}

/** The server that was asked for; else Ollama, if it runs here; else one of our own, with a scripted model. */
export function backend$(wish: Options): Observable<Backend> {
  if (wish.baseURL !== undefined) return given$(wish, wish.baseURL);
  if (wish.apiKey !== undefined) return given$({ model: OPENAI.model, ...wish }, OPENAI.baseURL);
  return ollamaModels$().pipe(
    switchMap(({ models, whyNot }) =>
      models.length > 0
        ? of(backend(`http://${OLLAMA}/v1`, {}, wish.model ?? chatModelOf(models), 'found on this machine'))
        : scripted$(whyNot),
    ),
  );
}

function given$({ apiKey, model, from }: Options, baseURL: string): Observable<Backend> {
  const key = apiKey === undefined ? {} : { apiKey };
  const model$ = model === undefined ? models$({ baseURL, ...key }).pipe(map(chatModelOf)) : of(model);
  return model$.pipe(map((name) => backend(baseURL, key, name, from)));
}

/** The models of an Ollama on this machine, or why there is none to talk to. */
function ollamaModels$(): Observable<{ readonly models: readonly Model[]; readonly whyNot: string }> {
  return models$({ baseURL: `http://${OLLAMA}/v1` }).pipe(
    timeout(300),
    map((models) => ({ models, whyNot: `Ollama on ${OLLAMA} has no models: ollama pull llama3.2` })),
    catchError((error: unknown) => {
      const silent = error instanceof TimeoutError;
      return of({
        models: [],
        whyNot: silent ? `no answer from ${OLLAMA} within 300 ms` : `no Ollama on ${OLLAMA}`,
      });
    }),
  );
}

/** A server of our own, so that every answer takes the real way, through a socket. */
function scripted$(why: string): Observable<Backend> {
  return defer(() => startScriptedServer({ replies: demoModel(), delayMs: 20 })).pipe(
    map((server) => ({
      config: { baseURL: server.baseURL, timeouts: { idle: 5_000 } },
      model: 'scripted',
      words: `scripted model on ${server.baseURL} (${why})`,
      scripted: true,
      close: () => void server.close(),
    })),
  );
}

function backend(baseURL: string, key: { apiKey?: string }, model: string, why: string): Backend {
  const words = `${model} on ${baseURL} (${why})`;
  return { config: { baseURL, ...key }, model, words, scripted: false, close: () => {} };
}

/** The first model that is not for embeddings only; no server says which those are, but by the name. */
function chatModelOf(models: readonly Model[]): string {
  const model = models.find(({ id }) => !/embed/i.test(id)) ?? models[0];
  if (model === undefined) throw new Error('the server lists no models; name one with --model');
  return model.id;
}
