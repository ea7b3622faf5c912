import { computed, effect, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed, toObservable, toSignal } from '@angular/core/rxjs-interop';
import { catchError, map, of, startWith, switchMap, type Observable } from 'rxjs';
import { models$, type ChatConfig } from 'rxjs-chat-completions';

import { DEMO_MODELS, demoFetch } from './demo/demo-server';

/** The models of a server, or why they are not known. */
interface Listed {
  readonly ids: readonly string[];
  readonly error: Error | null;
}

/** Which server the page talks to: none, until an address is given. */
@Injectable({ providedIn: 'root' })
export class Settings {
  /** `''` for the scripted model. Whoever serves this page may name a server in its address: `?base=/v1`. */
  readonly baseURL = signal(new URLSearchParams(globalThis.location?.search ?? '').get('base') ?? '');
  readonly apiKey = signal('');
  readonly theme = signal<'auto' | 'light' | 'dark'>('auto');
  readonly #chosen = signal<string | null>(null);
  readonly #demo: ChatConfig = { fetch: demoFetch(), baseURL: 'https://scripted.invalid/v1' };

  readonly scripted = computed(() => this.baseURL() === '');
  /** Who answers, in a word. */
  readonly host = computed(() => (this.scripted() ? 'Demo' : hostOf(this.baseURL())));
  readonly config = computed<ChatConfig>(() =>
    this.scripted() ? this.#demo : { baseURL: this.baseURL(), apiKey: this.apiKey() || undefined },
  );

  /** The models of the server, asked for when its address changes. */
  readonly models = toSignal(
    toObservable(this.config).pipe(
      switchMap((config) => (this.scripted() ? of(OF_DEMO) : listed$(config))),
      takeUntilDestroyed(),
    ),
    { initialValue: OF_DEMO },
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

const OF_DEMO: Listed = { ids: DEMO_MODELS, error: null };

const listed$ = (config: ChatConfig): Observable<Listed> =>
  models$(config).pipe(
    map((models): Listed => ({ ids: models.map(({ id }) => id), error: null })),
    catchError((error: unknown) => of({ ids: [], error: error as Error })),
    startWith({ ids: [], error: null }),
  );

/** An address without a host is one of this page's own server. */
const hostOf = (address: string): string => /^https?:\/\/([^/]+)/.exec(address)?.[1] ?? address;
