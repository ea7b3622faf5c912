import { endWith, map, pipe, scan, type OperatorFunction } from 'rxjs';

import { END_OF_LINES, noEvents, takeLines, type EventRules, type Events } from './events';
import type { Lines } from './lines';

/** Joins lines to server-sent events; emits, for each read's lines, the events that ended in them. */
export function toEvents(rules: EventRules): OperatorFunction<Lines['lines'], Events['events']> {
  return pipe(
    endWith(END_OF_LINES),
    scan(
      (events: Events, lines: Lines['lines'] | typeof END_OF_LINES) => takeLines(events, lines, rules),
      noEvents,
    ),
    map(({ events }) => events),
  );
}
