import { finalize, ignoreElements, tap, timer, type Observable } from 'rxjs';
import type { ChatState, ChunkError, PlannedRetry } from 'rxjs-chat-completions';

import { describeError } from './describeError';
import type { Screen } from './screen';

/** The part of a state that is rendered. */
type AnswerState = Pick<ChatState, 'status' | 'content' | 'reasoning' | 'refusal'> & {
  readonly error: Error | null;
};

/** One answer on the screen. */
export interface AnswerView {
  /** Writes the text that the answer has gained. */
  render(state: AnswerState): void;
  /** Reports a chunk that could not be read, when the answer has ended. */
  skipped(error: ChunkError): void;
  /** Reports that the request will be sent again. */
  retrying(planned: PlannedRetry): void;
  /** Shows a spinner while it is subscribed to. Never completes. */
  readonly spinner$: Observable<never>;
}

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const FRAME_MS = 100;
/** Milliseconds before the spinner is shown. */
const SPINNER_DELAY_MS = 400;

export function createAnswerView(screen: Screen, showReasoning: boolean): AnswerView {
  const answer = screen.answer();
  const reasoningWriter = screen.reasoning();
  const newContent = trackGrowth();
  const newReasoning = trackGrowth();
  const skipped: ChunkError[] = [];
  let isThinking = false;
  let spinnerText = (): string => '';

  const setThinking = (thinking: boolean): void => {
    if (isThinking === thinking) return;
    isThinking = thinking;
    if (!showReasoning) return screen.status(thinking ? 'Thinking...' : '');
    if (!thinking) reasoningWriter.end();
    screen.info(thinking ? 'Thinking...' : '...done thinking.\n');
  };

  return {
    render({ status, content, reasoning, refusal, error }) {
      const reasoningText = newReasoning(reasoning);
      if (reasoningText !== '') {
        setThinking(true);
        if (showReasoning) reasoningWriter.write(reasoningText);
      }
      const text = newContent(content);
      if (text !== '') {
        setThinking(false);
        answer.write(text);
      }
      if (status === 'waiting' || status === 'streaming') return;
      setThinking(false);
      answer.end();
      if (refusal !== '') screen.info(`[refusal] ${refusal}`);
      if (status === 'stopped') screen.info('[stopped]');
      if (error) screen.error(content === '' ? describeError(error) : `[incomplete] ${describeError(error)}`);
      for (const { message } of skipped) screen.error(`[chunk skipped] ${message}`);
    },

    skipped: (error) => void skipped.push(error),

    retrying({ error, retry, count, delayMs }) {
      const end = performance.now() + delayMs;
      const reason = error._tag === 'HttpError' ? `HTTP ${error.status}` : describeError(error);
      // The reason is last, as a status line is cut to the width of the terminal.
      spinnerText = () => `Retry ${retry} of ${count}${waitUntil(end)}: ${reason}`;
      if (!screen.live) screen.info(spinnerText());
    },

    spinner$: timer(SPINNER_DELAY_MS, FRAME_MS).pipe(
      tap((frame) => screen.status(`${FRAMES.charAt(frame % FRAMES.length)} ${spinnerText()}`)),
      ignoreElements(),
      finalize(() => screen.status('')),
    ),
  };
}

const waitUntil = (time: number): string => {
  const ms = time - performance.now();
  return ms > 50 ? ` in ${(ms / 1_000).toFixed(1)} s` : '';
};

/** Returns a function that returns the text added since its last call. */
function trackGrowth(): (text: string) => string {
  let shown = 0;
  return (text) => {
    // The first half of a surrogate pair waits for the second.
    const end = /[\ud800-\udbff]$/.test(text) ? text.length - 1 : text.length;
    const added = text.slice(shown, end);
    shown = end;
    return added;
  };
}
