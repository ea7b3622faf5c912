import type { ReasoningDetail } from '../codec/ReasoningDetail';
import { append, firstNonEmpty, isObject, join, latestNonEmpty, type Rule, type Rules } from './join';
import type { List } from './LongList';

/**
 * Returns a rule for a list of blocks, whose fragments arrive one by one.
 *
 * @param added - Returns what a fragment adds to the last block; `undefined` for one of another block.
 */
const joinBlocks =
  <B extends object>(added: (last: B, fragment: B) => B | undefined, rules: Rules): Rule =>
  (before, delta, draft) => {
    const fragments = delta as readonly B[] | null | undefined;
    const blocks = before as List<B> | null | undefined;
    if (!fragments?.length) return blocks ?? fragments;
    let joined: List<B> = blocks ?? [];
    for (const fragment of fragments) {
      const last = joined.at(-1);
      const more = last && added(last, fragment);
      const block = last && more ? join(last, more, rules, draft) : fragment;
      if (more && block === last) continue;
      joined = draft.set(joined, more ? joined.length - 1 : joined.length, block);
    }
    return joined;
  };

/**
 * Joins the reasoning blocks of a delta to those of a message.
 *
 * A fragment belongs to the last block if it has the same type and index. Encrypted blocks arrive in one fragment.
 */
export const joinReasoningDetails: Rule = joinBlocks(
  (last: ReasoningDetail, detail: ReasoningDetail) => (continues(last, detail) ? detail : undefined),
  new Map<string, Rule>([
    ['type', firstNonEmpty],
    ['id', firstNonEmpty],
    ['format', firstNonEmpty],
    ['index', firstNonEmpty],
    ['text', append],
    ['summary', append],
    // Anthropic's is '' beside the first text and complete after the last.
    ['signature', latestNonEmpty],
  ]),
);

const continues = (last: ReasoningDetail, { type, index, id }: ReasoningDetail): boolean =>
  (type === 'reasoning.text' || type === 'reasoning.summary') &&
  last.type === type &&
  (last.index ?? null) === (index ?? null) &&
  (!last.id || !id || last.id === id);

/** A block of Anthropic's in `thinking_blocks`, which codecs do not list. */
interface ThinkingBlock {
  readonly type?: unknown;
  readonly thinking?: unknown;
  readonly signature?: unknown;
}

/** Joins the thinking blocks of a LiteLLM proxy, which sends each fragment as a block of its own: only a complete one may be returned. */
export const joinThinkingBlocks: Rule = (before, delta, draft) =>
  Array.isArray(delta) ? joinThinking(before, delta.filter(isObject), draft) : before;

const joinThinking: Rule = joinBlocks(
  moreThinking,
  new Map<string, Rule>([
    ['thinking', append],
    ['signature', latestNonEmpty],
  ]),
);

/** A block ends with its signature, whose fragment may have all of the text again. */
function moreThinking(last: ThinkingBlock, block: ThinkingBlock): ThinkingBlock | undefined {
  if (block.type !== 'thinking' || last.type !== 'thinking' || last.signature) return undefined;
  const { thinking: text } = block;
  const { thinking: before } = last;
  return block.signature && typeof text === 'string' && typeof before === 'string' && text.startsWith(before)
    ? { ...block, thinking: text.slice(before.length) }
    : block;
}
