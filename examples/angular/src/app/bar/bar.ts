import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  inject,
  model,
  output,
  viewChild,
} from '@angular/core';

import { Settings } from '../settings/settings';
import { Logo } from './logo';

/** The header: conversations, model, server, inspector. */
@Component({
  selector: 'app-bar',
  imports: [Logo],
  templateUrl: './bar.html',
  styleUrl: './bar.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Bar {
  readonly settings = inject(Settings);
  /** Whether the list of conversations is shown. */
  readonly listing = model(false);
  /** Whether the inspector is shown. */
  readonly inspecting = model(false);
  readonly started = output();
  readonly adjusted = output();
  private readonly chats = viewChild.required<ElementRef<HTMLElement>>('chats');
  private readonly inspector = viewChild.required<ElementRef<HTMLElement>>('inspector');

  /** Focuses the button of the list of conversations. */
  focusChats(): void {
    this.chats().nativeElement.focus();
  }

  /** Focuses the button of the inspector. */
  focusInspector(): void {
    this.inspector().nativeElement.focus();
  }
}
