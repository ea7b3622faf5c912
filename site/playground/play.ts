import { asyncScheduler, Subscription, type Observable } from 'rxjs';
import { chatCompletion$, type Transport } from 'rxjs-chat-completions';
import { CallLog, inspect, tapMarbles } from 'rxjs-chat-completions/inspector';
import { replayTransport, scriptedTransport, type Tape } from 'rxjs-chat-completions/testing';
import { TestScheduler } from 'rxjs/testing';

import { fitting, type Choice } from './operators';
import type { Settings } from './settings';
import { SITUATIONS } from './situations';

/** Milliseconds between deltas. */
export const DELAY_MS = 60;

/** A run of the pipe, and the log that shows it. */
export interface Play {
  readonly log: CallLog;
  readonly stop: () => void;
}

/** Runs the pipe of the settings, in virtual time at once. */
export function play(settings: Settings, tape: Tape | null): Play {
  return settings.time === 'virtual' ? playVirtual(settings, tape) : playReal(settings, tape);
}

function playReal(settings: Settings, tape: Tape | null): Play {
  const log = new CallLog();
  const subscription = piped(settings, tape, log).subscribe(IGNORE);
  return { log, stop: () => subscription.unsubscribe() };
}

function playVirtual(settings: Settings, tape: Tape | null): Play {
  // The virtual clock, and after the run the time at its end.
  let end: number | null = null;
  const clock = { now: () => end ?? asyncScheduler.now() };
  let log = new CallLog({ clock });
  let running = Subscription.EMPTY;
  new TestScheduler(() => undefined).run(({ flush }) => {
    log = new CallLog({ clock });
    running = piped(settings, tape, log).subscribe(IGNORE);
    flush();
    end = Math.max(0, ...log.lanes.map(({ last }) => last?.at ?? 0));
  });
  return { log, stop: () => running.unsubscribe() };
}

const IGNORE = { error: () => undefined };

/** The call and the operators, each with a lane for what it emits. */
function piped(settings: Settings, tape: Tape | null, log: CallLog): Observable<unknown> {
  const config = inspect({ transport: transportFor(settings, tape) }, log);
  const request = { model: 'scripted', messages: [{ role: 'user', content: 'Hi' }] } as const;
  const source$: Observable<unknown> = chatCompletion$(config, request).pipe(
    tapMarbles('chatCompletion$', log),
  );
  return fitting(settings.pipe).reduce(
    (value$, choice) => value$.pipe(choice.create(log) as never, tapMarbles(nameOf(choice), log)),
    source$,
  );
}

/** The name of an operator without its arguments. */
const nameOf = ({ code }: Choice): string => code.replace(/\(.*/, '');

function transportFor({ server, situation }: Settings, tape: Tape | null): Transport {
  if (tape !== null) return replayTransport(tape);
  const replies = SITUATIONS.find(({ id }) => id === situation)?.replies ?? 'Hello';
  return scriptedTransport(replies, { dialect: server, delayMs: DELAY_MS });
}
