import { catchError, map, of, timeout, TimeoutError, type Observable } from 'rxjs';
import { isChatError, models$, type Model } from 'rxjs-chat-completions';

import { describeError } from './describeError';
import { showWaiting, type StatusScreen } from './showWaiting';

/** Options for {@link ollamaModels$}. */
export interface OllamaOptions {
  readonly baseURL: string;
  /** The variable that names the address. Default: none does. */
  readonly from?: string | undefined;
  readonly screen: StatusScreen;
  /** Milliseconds to wait for a server that accepts the connection. Default 15,000. */
  readonly waitMs?: number;
}

/** The models of Ollama. If Ollama cannot be used, there are none, and `problem` is the reason. */
export interface OllamaModels {
  readonly models: readonly Model[];
  readonly problem: string | null;
}

/**
 * Requests the models of Ollama.
 *
 * A refused connection fails at once. A busy Ollama accepts it and responds late, so it gets several seconds.
 */
export function ollamaModels$({
  baseURL,
  from,
  screen,
  waitMs = 15_000,
}: OllamaOptions): Observable<OllamaModels> {
  const address = baseURL.replace(/^https?:\/\/(?:.*@)?|\/v1$/g, '');
  return models$({ baseURL }).pipe(
    timeout(waitMs),
    showWaiting('Waiting for Ollama…', screen),
    map((models): OllamaModels => ({ models, problem: null })),
    catchError((error: unknown) => {
      const problem = describeProblem(error, address, waitMs);
      return of({
        models: [],
        problem: from === undefined ? problem : problem.replace(/the base URL/gi, from),
      });
    }),
  );
}

function describeProblem(error: unknown, address: string, waitMs: number): string {
  if (error instanceof TimeoutError) return `Ollama on ${address} did not respond within ${waitMs / 1_000} s`;
  const isRefused = isChatError(error) && error._tag === 'ConnectionError' && error.code === 'ECONNREFUSED';
  return isRefused
    ? `Ollama is not running on ${address}`
    : `Ollama on ${address} cannot be used: ${describeError(error)}`;
}

/**
 * Returns the base URL of Ollama on this machine.
 *
 * @param host - The variable `OLLAMA_HOST`, as Ollama itself reads it: a host, a port, or both. Default `127.0.0.1:11434`.
 * A user name and a password remain in the URL, which the library then refuses.
 */
export function ollamaBaseURL(host = ''): string {
  const [, scheme, user = '', hostname = '', port] =
    /^(https?:\/\/)?([^/]*@)?(\[[^\]]*\]|[^:/]*)?(?::(\d+))?/.exec(host.trim()) ?? [];
  const local = ['', '0.0.0.0', '[::]'].includes(hostname) ? '127.0.0.1' : hostname;
  const suffix = port ?? (scheme === undefined ? '11434' : undefined);
  return `${scheme ?? 'http://'}${user}${local}${suffix === undefined ? '' : `:${suffix}`}/v1`;
}
