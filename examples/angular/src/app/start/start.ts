import { ChangeDetectionStrategy, Component, inject, output } from '@angular/core';

import { SCENARIOS, type Scenario } from '../demo/scenarios';
import { Settings } from '../settings/settings';

const SUGGESTED = ['markdown', 'rate-limit', 'tool-call', 'recipe'];

/** A conversation without messages: the server that is connected, and questions to start with. */
@Component({
  selector: 'app-start',
  templateUrl: './start.html',
  styleUrl: './start.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Start {
  readonly settings = inject(Settings);
  readonly suggestions = SCENARIOS.filter(({ id }) => SUGGESTED.includes(id));
  readonly suggested = output<Scenario>();
  readonly adjusted = output();
}
