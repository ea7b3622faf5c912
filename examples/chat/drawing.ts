import { finalize, ignoreElements, tap, timer, type Observable } from 'rxjs';
import type { ChatState, ChunkError, PlannedRetry } from 'rxjs-chat-completions';

import { inWords } from './failure';
import type { Screen } from './screen';

/** One answer on the screen. */
export interface Drawing {
  /** Adds what the answer has gained. */
  show(state: ChatState): void;
  /** A chunk that could not be read; told once the answer has ended. */
  unreadable(error: ChunkError): void;
  /** The question will be sent again. */
  retrying(planned: PlannedRetry): void;
  /** A sign of life, as long as it is subscribed to; never completes. */
  readonly waiting$: Observable<never>;
}

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const FRAME_MS = 100;
/** Answers that begin sooner are not waited for on the screen. */
const PATIENCE_MS = 400;

export function drawAnswer(screen: Screen, showReasoning: boolean): Drawing {
  const answer = screen.answer();
  const reasoning = screen.reasoning();
  const newContent = gains();
  const newReasoning = gains();
  const missing: ChunkError[] = [];
  let thinking = false;
  let waitingFor = (): string => '';

  const setThinking = (now: boolean): void => {
    if (thinking === now) return;
    thinking = now;
    if (!showReasoning) return screen.passing(now ? 'Thinking...' : '');
    if (!now) reasoning.end();
    screen.note(now ? 'Thinking...' : '...done thinking.\n');
  };

  return {
    show({ status, content, reasoning: thoughts, refusal, error }) {
      const thought = newReasoning(thoughts);
      if (thought !== '') {
        setThinking(true);
        if (showReasoning) reasoning.write(thought);
      }
      const said = newContent(content);
      if (said !== '') {
        setThinking(false);
        answer.write(said);
      }
      if (status === 'waiting' || status === 'streaming') return;
      setThinking(false);
      answer.end();
      if (refusal !== '') screen.note(`[refused] ${refusal}`);
      if (status === 'stopped') screen.note('[stopped]');
      if (error) screen.problem(content === '' ? inWords(error) : `[cut off] ${inWords(error)}`);
      for (const { message } of missing) screen.problem(`[a piece is missing] ${message}`);
    },

    unreadable: (error) => void missing.push(error),

    retrying({ error, retry, count, delayMs }) {
      const until = Date.now() + delayMs;
      const reason = error._tag === 'HttpError' ? error.status : inWords(error);
      waitingFor = () => `${reason}, retry ${retry}/${count} in ${secondsUntil(until)} s`;
      if (!screen.live) screen.note(waitingFor());
    },

    waiting$: timer(PATIENCE_MS, FRAME_MS).pipe(
      tap((frame) => screen.passing(`${FRAMES.charAt(frame % FRAMES.length)} ${waitingFor()}`)),
      ignoreElements(),
      finalize(() => screen.passing('')),
    ),
  };
}

const secondsUntil = (time: number): string => (Math.max(time - Date.now(), 0) / 1000).toFixed(1);

/** What a growing text has gained since it was last asked. */
function gains(): (whole: string) => string {
  let shown = 0;
  return (whole) => {
    // The first half of a surrogate pair waits for its second.
    const ready = /[\ud800-\udbff]$/.test(whole) ? whole.length - 1 : whole.length;
    const gained = whole.slice(shown, ready);
    shown = ready;
    return gained;
  };
}
