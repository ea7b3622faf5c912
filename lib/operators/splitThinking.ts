import { map as mapRight, right } from 'fp-ts/Either';
import { defer, map, type MonoTypeOperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ChunkChoice } from '../codec/ChunkChoice';
import type { Content } from '../codec/ContentPart';
import type { Decoded } from '../decode/decode';
import { markOf } from '../codec/mark';
import { choiceIndex } from '../fold/choices';
import { reasoningIn } from '../fold/reasoning';
import { nothingAt, releaseHeld, splitText, stateAt, type ThinkingState } from '../fold/thinking';
import { endWithRemaining } from '../rx/endWithRemaining';

/** What {@link splitThinking} can be told. */
export interface SplitThinkingOptions {
  /** What opens the thinking. Default `<think>`. */
  readonly open?: string;
  /** What closes it. Default `</think>`. */
  readonly close?: string;
  /**
   * Whether the text begins inside the thinking: some chat templates write the opening tag themselves. Default false.
   * The tag may come all the same; a text that never closes is thinking to its end.
   */
  readonly startsInside?: boolean;
}

/**
 * Moves the thinking that a model writes into its text, between `<think>` and `</think>`, to where reasoning belongs.
 *
 * For servers that do not part the two themselves. Only thinking before the answer counts, in one block or several: a tag in
 * the middle of the answer is text. A tag may be cut by chunks: what may still become one is held back, never more, and is let go with the
 * finish reason or at the end, an error too. Blanks before the thinking and behind the tags are dropped, and so is a closing
 * tag that comes first.
 *
 * ```text
 * source:          -a-b-c-|    a = '<thi', b = 'nk>Hm</think>', c = 'Hello'
 * splitThinking(): -x-y-c-|    x adds nothing, y = 'Hm' as `reasoning`
 * ```
 *
 * @param options - Other tags, such as Kimi's `◁think▷`, and where the text begins.
 * @returns An operator that passes on as they are: what cannot be read, all that is no text, and text in parts, whose
 * server tells thinking apart itself.
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

      const splitEntry = (entry: ChunkChoice, place: number): ChunkChoice => {
        const choice = choiceIndex(entry, place);
        const state = states.get(choice) ?? begin;
        if (state.at === 'answer') return entry;
        const said = entry.delta?.content ?? '';
        if (typeof said !== 'string' && said.length > 0) {
          const { reasoning, content } = releaseHeld(nothingAt(state));
          states.set(choice, stateAt('answer'));
          return saying(
            entry,
            said,
            reasoning,
            content === '' ? said : [{ type: 'text', text: content }, ...said],
          );
        }
        const text = typeof said === 'string' ? said : '';
        const split = splitText(state, text, tags);
        const { reasoning, content, state: after } = entry.finish_reason ? releaseHeld(split) : split;
        states.set(choice, after);
        return saying(entry, text, reasoning, content);
      };

      const splitChunk = (chunk: ChatCompletionChunk): ChatCompletionChunk => {
        if (markOf(chunk)?.kind === 'restarted') states.clear();
        const choices = chunk.choices?.map(splitEntry);
        const isSame = choices?.every((entry, place) => entry === chunk.choices?.[place]) ?? true;
        return isSame ? chunk : { ...chunk, choices };
      };

      const held = (): ReadonlyArray<Decoded<ChatCompletionChunk>> => {
        const choices = [...states].flatMap(([index, state]) => {
          const { reasoning, content } = releaseHeld(nothingAt(state));
          return reasoning + content === '' ? [] : [saying({ index }, '', reasoning, content)];
        });
        return choices.length === 0 ? [] : [right({ choices })];
      };

      return decoded$.pipe(map(mapRight(splitChunk)), endWithRemaining(held));
    });
}

/** An entry that says something else than it said; itself where that is the same. */
function saying(entry: ChunkChoice, said: Content, reasoning: string, content: Content): ChunkChoice {
  if (reasoning === '' && content === said) return entry;
  const delta = entry.delta ?? {};
  const thoughts = reasoning === '' ? undefined : { reasoning: reasoningIn(delta) + reasoning };
  return { ...entry, delta: { ...delta, content, ...thoughts } };
}
