import { computed, effect, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed, toObservable, toSignal } from '@angular/core/rxjs-interop';
import { catchError, map, of, startWith, switchMap, type Observable } from 'rxjs';
import { models$, type ChatConfig } from 'rxjs-chat-completions';

import { DEMO_MODELS, demoFetch } from './demo/demo-fetch';

/** The models of a server, or the error of their request. */
interface ModelList {
  readonly ids: readonly string[];
  readonly error: Error | null;
}

/** The server of the page. Without an address, the scripted model is used. */
@Injectable({ providedIn: 'root' })
export class Settings {
  /** `''` for the scripted model. The address of the page can name a server: `?base=/v1`. */
  readonly baseURL = signal(new URLSearchParams(globalThis.location?.search ?? '').get('base') ?? '');
  readonly apiKey = signal('');
  readonly theme = signal<'system' | 'light' | 'dark'>('system');
  readonly #chosen = signal<string | null>(null);
  readonly #demo: ChatConfig = { fetch: demoFetch(), baseURL: 'https://scripted.invalid/v1' };

  readonly scripted = computed(() => this.baseURL() === '');
  /** Short name of the server. */
  readonly host = computed(() => (this.scripted() ? 'Demo' : hostOf(this.baseURL())));
  readonly config = computed<ChatConfig>(() =>
    this.scripted() ? this.#demo : { baseURL: this.baseURL(), apiKey: this.apiKey() || undefined },
  );

  /** The models of the server, requested when its address changes. */
  readonly models = toSignal(
    toObservable(this.config).pipe(
      switchMap((config) => (this.scripted() ? of(DEMO) : listModels$(config))),
      takeUntilDestroyed(),
    ),
    { initialValue: DEMO },
  );

  readonly model = computed(() => {
    const { ids } = this.models();
    const chosen = this.#chosen();
    return chosen !== null && (ids.length === 0 || ids.includes(chosen)) ? chosen : (ids[0] ?? 'llama3.2');
  });

  constructor() {
    effect(() => {
      if (typeof document === 'undefined') return;
      document.documentElement.dataset['theme'] = this.theme();
    });
  }

  choose(model: string): void {
    this.#chosen.set(model);
  }
}

const DEMO: ModelList = { ids: DEMO_MODELS, error: null };

const listModels$ = (config: ChatConfig): Observable<ModelList> =>
  models$(config).pipe(
    map((models): ModelList => ({ ids: models.map(({ id }) => id), error: null })),
    catchError((error: unknown) => of({ ids: [], error: error as Error })),
    startWith({ ids: [], error: null }),
  );

/** An address without a host is on the server of this page. */
const hostOf = (address: string): string => /^https?:\/\/([^/]+)/.exec(address)?.[1] ?? address;
