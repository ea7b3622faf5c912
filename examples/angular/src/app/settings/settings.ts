import { computed, effect, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed, toObservable, toSignal } from '@angular/core/rxjs-interop';
import { catchError, map, of, scan, startWith, Subject, switchMap, type Observable } from 'rxjs';
import { models$, type ChatConfig } from 'rxjs-chat-completions';

import { DEMO_MODELS, demoFetch } from '../demo/demo-fetch';
import { loadSettings, saveSettings, type SavedSettings } from './saved-settings';

/** The last check of a server: its models, or the error of their request. */
export interface ServerCheck {
  readonly status: 'scripted' | 'checking' | 'reachable' | 'unreachable';
  readonly ids: readonly string[];
  readonly error: Error | null;
}

/** The settings of the page. Without an address, the scripted model is used. */
@Injectable({ providedIn: 'root' })
export class Settings {
  readonly #saved = signal(loadSettings());
  /** `''` for the scripted model. The address of the page can name a server: `?base=/v1`. */
  readonly baseURL = signal(
    new URLSearchParams(globalThis.location?.search ?? '').get('base') ?? this.#saved().baseURL,
  );
  /** In memory only: it is never stored. */
  readonly apiKey = signal('');
  readonly systemPrompt = computed(() => this.#saved().systemPrompt);
  readonly temperature = computed(() => this.#saved().temperature);
  readonly theme = computed(() => this.#saved().theme);
  readonly #recheck$ = new Subject<void>();
  readonly #demo: ChatConfig = { fetch: demoFetch(), baseURL: 'https://scripted.invalid/v1' };

  readonly scripted = computed(() => this.baseURL() === '');
  /** Short name of the server. */
  readonly host = computed(() => (this.scripted() ? 'Demo' : hostOf(this.baseURL())));
  readonly config = computed<ChatConfig>(() =>
    this.scripted() ? this.#demo : { baseURL: this.baseURL(), apiKey: this.apiKey() || undefined },
  );

  /** The check of the server, repeated when its address changes and by `recheck`. */
  readonly check = toSignal(
    toObservable(this.config).pipe(
      switchMap((config) => (this.scripted() ? of(SCRIPTED) : this.#checks$(config))),
      takeUntilDestroyed(),
    ),
    { initialValue: SCRIPTED },
  );

  readonly model = computed(() => {
    const { ids } = this.check();
    const { model } = this.#saved();
    return model !== '' && (ids.length === 0 || ids.includes(model)) ? model : (ids[0] ?? 'llama3.2');
  });

  constructor() {
    effect(() => {
      if (typeof document === 'undefined') return;
      document.documentElement.dataset['theme'] = this.theme();
    });
  }

  /** Changes settings, and returns whether they are kept for the next visit. */
  change(changed: Partial<SavedSettings>): boolean {
    this.#saved.update((saved) => ({ ...saved, ...changed }));
    if (changed.baseURL !== undefined) this.baseURL.set(changed.baseURL);
    return saveSettings(this.#saved());
  }

  /** Checks the server again, which may have failed or recovered. */
  recheck(): void {
    this.#recheck$.next();
  }

  /** The checks of one server. A failed one keeps the models that are known. */
  #checks$(config: ChatConfig): Observable<ServerCheck> {
    return this.#recheck$.pipe(
      startWith(undefined),
      switchMap(() => checkServer$(config)),
      scan((last, next) => (next.error === null ? next : { ...next, ids: last.ids }), CHECKING),
      startWith(CHECKING),
    );
  }
}

const SCRIPTED: ServerCheck = { status: 'scripted', ids: DEMO_MODELS, error: null };
export const CHECKING: ServerCheck = { status: 'checking', ids: [], error: null };

/** Requests the models of a server. Emits one check, and never errors. */
export const checkServer$ = (config: ChatConfig): Observable<ServerCheck> =>
  models$(config).pipe(
    map((models): ServerCheck => ({ status: 'reachable', ids: models.map(({ id }) => id), error: null })),
    catchError((error: unknown) =>
      of<ServerCheck>({ status: 'unreachable', ids: [], error: error as Error }),
    ),
  );

/** An address without a host is on the server of this page. */
const hostOf = (address: string): string => /^https?:\/\/([^/]+)/.exec(address)?.[1] ?? address;
