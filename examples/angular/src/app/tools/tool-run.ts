import {
  ChangeDetectionStrategy,
  Component,
  computed,
  ElementRef,
  inject,
  input,
  output,
} from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { isRight } from 'fp-ts/Either';
import { filter, map, Subject, switchMap, takeUntil, tap, type Observable } from 'rxjs';
import { perFrame, type Message } from 'rxjs-chat-completions';
import { emptyRun, runTools$, toRunState, type RunCall, type RunState } from 'rxjs-chat-completions/tools';

import { RecordedCalls } from '../chat/recorded-calls';
import type { Task } from '../chat/task';
import { Failure } from '../failure/failure';
import { Markdown } from '../markdown/markdown';
import { TOOLS, type PageTool } from './tools';

/** The decision of the user about a call. */
interface Decision {
  readonly id: string;
  readonly isAllowed: boolean;
}

/** Labels for the states of a call. */
const LABELS = {
  writing: 'writing…',
  waiting: 'waiting…',
  'needs-approval': 'needs approval',
  running: 'running…',
  done: 'done',
  failed: 'failed',
  denied: 'denied',
  stopped: 'not finished',
} as const;

const ENDED: ReadonlySet<string> = new Set(['done', 'failed', 'denied']);

/** Answers a question with tools: a card asks the user to approve a call, and a line shows each call and its result. */
@Component({
  selector: 'app-tool-run',
  imports: [Failure, Markdown],
  templateUrl: './tool-run.html',
  styleUrl: './tool-run.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { tabindex: '-1' },
})
export class ToolRun implements Task {
  readonly question = input.required<string>();
  /** The conversation, when the run has ended. */
  readonly ended = output<readonly Message[]>();
  readonly again = output();

  readonly #calls = inject(RecordedCalls);
  readonly #host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  readonly #decisions$ = new Subject<Decision>();
  readonly #stop$ = new Subject<void>();

  readonly state = toSignal(toObservable(this.question).pipe(switchMap((question) => this.#run$(question))), {
    initialValue: emptyRun as RunState<PageTool>,
  });
  readonly busy = computed(() => this.state().status === 'waiting' || this.state().status === 'streaming');
  /** Whether the model has not begun its next step. */
  readonly waiting = computed(() => {
    if (!this.busy()) return false;
    const { content = '', reasoning = '', calls = [] } = this.state().steps.at(-1) ?? {};
    return content === '' && reasoning === '' && calls.length === 0;
  });
  /** Announced when the user has to decide, and at the end. */
  readonly announcement = computed(() => {
    const { steps, status } = this.state();
    const pending = steps.at(-1)?.calls.find((call) => call.status === 'needs-approval');
    if (this.busy()) return pending === undefined ? '' : `The model needs approval for ${pending.name}`;
    const text = steps.at(-1)?.content.replaceAll('**', '') ?? '';
    return status === 'stopped' ? `Stopped. ${text}` : text;
  });
  readonly labels = LABELS;

  readonly stop = (): void => this.#stop$.next();

  decide(decision: Decision): void {
    this.#decisions$.next(decision);
    // The focused button is removed.
    this.#host.focus({ preventScroll: true });
  }

  statusOf({ status }: RunCall<PageTool>): keyof typeof LABELS {
    return this.busy() || ENDED.has(status) ? status : 'stopped';
  }

  /** The arguments on one line, as far as the model has written them. */
  argumentsOf({ input, partial }: RunCall<PageTool>): string {
    return Object.values(input ?? partial ?? {}).join(', ');
  }

  /** The arguments as JSON. */
  jsonOf({ input, partial }: RunCall<PageTool>): string {
    return JSON.stringify(input ?? partial ?? {}, null, 2);
  }

  resultOf({ result }: RunCall): string {
    if (result === null) return '';
    if (!isRight(result)) return result.left.message;
    return typeof result.right === 'string' ? result.right : JSON.stringify(result.right);
  }

  #run$(question: string): Observable<RunState<PageTool>> {
    const messages: readonly Message[] = [{ role: 'user', content: question }];
    const event$ = runTools$(
      (request) => this.#calls.chatCompletion$(request),
      { model: '', messages },
      TOOLS,
      {
        approve: ({ id }) =>
          this.#decisions$.pipe(
            filter((decision) => decision.id === id),
            map(({ isAllowed }) => isAllowed),
          ),
      },
    ).pipe(takeUntil(this.#stop$));
    return event$.pipe(
      toRunState(),
      perFrame(),
      tap(({ status, messages }) => {
        if (status !== 'waiting' && status !== 'streaming') this.ended.emit(messages);
      }),
    );
  }
}
