import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  ElementRef,
  inject,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { of, startWith, Subject, switchMap } from 'rxjs';
import type { ChatConfig } from 'rxjs-chat-completions';

import { problemOfAddress } from './address';
import { isTheme } from './saved-settings';
import { CHECKING, checkServer$, Settings, type ServerCheck } from './settings';

/** The settings, in a dialog that is open while the component exists. */
@Component({
  selector: 'app-settings-dialog',
  templateUrl: './settings-dialog.html',
  styleUrl: './settings-dialog.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SettingsDialog {
  readonly settings = inject(Settings);
  readonly closed = output();

  readonly base = signal(this.settings.baseURL());
  readonly key = signal(this.settings.apiKey());
  readonly address = computed(() => this.base().trim());
  readonly problem = computed(() => problemOfAddress(this.address()));
  /** The result of *Test connection*; `null` before it, and after a change of the address or the key. */
  readonly tested = signal<ServerCheck | null>(null);
  readonly ids = computed(() => (this.tested() ?? this.settings.check()).ids);
  /** Whether the settings were saved for this visit only. */
  readonly unkept = signal(false);
  readonly origin = location.origin;

  /** The server to test; `null` cancels the test. */
  readonly #test$ = new Subject<ChatConfig | null>();
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  constructor() {
    afterNextRender(() => this.dialog().nativeElement.showModal());
    this.#test$
      .pipe(
        switchMap((config) => (config === null ? of(null) : checkServer$(config).pipe(startWith(CHECKING)))),
        takeUntilDestroyed(),
      )
      .subscribe((check) => this.tested.set(check));
  }

  changeBase(base: string): void {
    this.base.set(base);
    this.#test$.next(null);
  }

  changeKey(key: string): void {
    this.key.set(key);
    this.#test$.next(null);
  }

  test(): void {
    this.#test$.next({ baseURL: this.address(), apiKey: this.key().trim() || undefined });
  }

  save(event: Event, model: string, systemPrompt: string, temperature: number, theme: string): void {
    event.preventDefault();
    if (this.problem() !== null) return;
    this.settings.apiKey.set(this.key().trim());
    const isKept = this.settings.change({
      baseURL: this.address(),
      model: model.trim(),
      systemPrompt: systemPrompt.trim(),
      // An empty field is not a number.
      temperature: Number.isNaN(temperature) ? null : temperature,
      theme: isTheme(theme) ? theme : 'system',
    });
    if (isKept) this.close();
    else this.unkept.set(true);
  }

  close(): void {
    this.dialog().nativeElement.close();
  }

  /** Closes the dialog on a click outside it. */
  closeOnBackdrop(event: Event): void {
    if (event.target === this.dialog().nativeElement) this.close();
  }
}
