import { map as mapRight, right } from 'fp-ts/Either';
import { defer, map, type MonoTypeOperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ChunkChoice } from '../codec/ChunkChoice';
import type { Content } from '../codec/ContentPart';
import { isRestart } from '../codec/mark';
import type { Decoded } from '../decode/decode';
import { choiceIndex } from '../fold/choices';
import { isFinishReason } from '../fold/isFinishReason';
import { reasoningIn } from '../fold/reasoning';
import {
  nothingAt,
  releaseHeld,
  splitText,
  stateAt,
  type ThinkingState,
  type ThinkingTags,
} from '../fold/thinking';
import { endWithRemaining } from '../rx/endWithRemaining';

/** Options for {@link splitThinking}. */
export interface SplitThinkingOptions {
  /** Tag that opens the reasoning. Default `<think>`. */
  readonly open?: string;
  /** Tag that closes it. Default `</think>`. */
  readonly close?: string;
  /**
   * Whether the text begins inside the reasoning: some chat templates write the opening tag themselves. Default false.
   * The opening tag is still accepted. A text without a closing tag is reasoning to its end.
   */
  readonly startsInside?: boolean;
}

/**
 * Moves the reasoning that a model writes into its text, between `<think>` and `</think>`, to the `reasoning` field.
 *
 * For servers that do not separate the two. Only reasoning before the answer counts, in one block or several: a tag in
 * the middle of the answer is text. Chunks may split a tag, so text that may be the start of one is held back until the next
 * chunk, the finish reason or the end, an error included. Spaces before the reasoning and after the tags are dropped, and so is
 * a closing tag that is received first.
 *
 * ```text
 * source:          -a-b-c-|    a = '<thi', b = 'nk>Hm</think>', c = 'Hello'
 * splitThinking(): -x-y-c-|    x adds nothing, y = 'Hm' as `reasoning`
 * ```
 *
 * @param options - Other tags, such as Kimi's `◁think▷`, and whether the text begins inside the reasoning.
 * @returns An operator that passes other values through unchanged: each `Left`, chunks without text, and text in parts,
 * whose server separates the reasoning itself.
 *
 * @example
 * ```ts
 * import { chatCompletion$, splitThinking, toChatState } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'deepseek-r1', messages: [{ role: 'user', content: 'Is 91 a prime?' }] })
 *   .pipe(splitThinking(), toChatState())
 *   .subscribe(({ reasoning, content }) => console.log(reasoning, content));
 * ```
 */
export function splitThinking({
  open = '<think>',
  close = '</think>',
  startsInside = false,
}: SplitThinkingOptions = {}): MonoTypeOperatorFunction<Decoded<ChatCompletionChunk>> {
  const tags = { open, close };
  const begin = stateAt(startsInside ? 'opened' : 'start');
  return (decoded$) =>
    defer(() => {
      const states = new Map<number, ThinkingState>();

      const splitChoice = (choice: ChunkChoice, place: number): ChunkChoice => {
        const index = choiceIndex(choice, place);
        const [split, state] = splitEntry(choice, states.get(index) ?? begin, tags);
        states.set(index, state);
        return split;
      };

      const splitChunk = (chunk: ChatCompletionChunk): ChatCompletionChunk => {
        if (isRestart(chunk)) states.clear();
        const choices = chunk.choices?.map(splitChoice);
        const isSame = choices?.every((choice, place) => choice === chunk.choices?.[place]) ?? true;
        return isSame ? chunk : { ...chunk, choices };
      };

      const remaining = (): ReadonlyArray<Decoded<ChatCompletionChunk>> => {
        const choices = [...states].flatMap(([index, state]) => {
          const { reasoning, content } = releaseHeld(nothingAt(state));
          return reasoning + content === '' ? [] : [withContent({ index }, '', reasoning, content)];
        });
        return choices.length === 0 ? [] : [right({ choices })];
      };

      return decoded$.pipe(map(mapRight(splitChunk)), endWithRemaining(remaining));
    });
}

/** Splits the text of an entry. Returns the entry itself if that changes nothing, and the state after it. */
function splitEntry(
  choice: ChunkChoice,
  state: ThinkingState,
  tags: ThinkingTags,
): readonly [ChunkChoice, ThinkingState] {
  if (state.at === 'answer') return [choice, state];
  const received = choice.delta?.content ?? '';
  if (typeof received !== 'string' && received.length > 0) {
    const { reasoning, content } = releaseHeld(nothingAt(state));
    const parts = content === '' ? received : [{ type: 'text', text: content }, ...received];
    return [withContent(choice, received, reasoning, parts), stateAt('answer')];
  }
  const text = typeof received === 'string' ? received : '';
  const split = splitText(state, text, tags);
  const {
    reasoning,
    content,
    state: after,
  } = isFinishReason(choice.finish_reason) ? releaseHeld(split) : split;
  return [withContent(choice, text, reasoning, content), after];
}

/** Replaces the content of a choice and adds reasoning; returns the choice itself when that changes nothing. */
function withContent(choice: ChunkChoice, before: Content, reasoning: string, content: Content): ChunkChoice {
  if (reasoning === '' && content === before) return choice;
  const delta = choice.delta ?? {};
  const added = reasoning === '' ? undefined : { reasoning: reasoningIn(delta) + reasoning };
  return { ...choice, delta: { ...delta, content, ...added } };
}
