/** Tags around the reasoning in a model's text, for servers that have no field for it. */
export interface ThinkingTags {
  readonly open: string;
  readonly close: string;
}

/** The position in a text, and the part of it that is held back. */
export interface ThinkingState {
  /**
   * Before the first word, after an opening tag, after one that follows a block, in the reasoning, after a block, after a closing tag
   * without a block, or in the answer.
   */
  readonly at: 'start' | 'opened' | 'reopened' | 'thinking' | 'closed' | 'unopened' | 'answer';
  /** The end of the text so far, if it may be the beginning of a tag. */
  readonly held: string;
  /** The blanks before the first word, which are part of the answer if no reasoning precedes it. */
  readonly blanks: string;
}

/** The reasoning and the answer in a fragment of text. */
export interface SplitText {
  readonly reasoning: string;
  readonly content: string;
  readonly state: ThinkingState;
}

/** Returns a state with nothing held back. */
export const stateAt = (at: ThinkingState['at']): ThinkingState => ({ at, held: '', blanks: '' });

/** Returns a split without text. */
export const nothingAt = (state: ThinkingState): SplitText => ({ reasoning: '', content: '', state });

/**
 * Splits a fragment of text into reasoning and answer.
 *
 * Several blocks of reasoning may precede the answer, with blanks between them. Each begins on a new line of the reasoning.
 *
 * The sum is the same wherever the text is cut. Only text that may become a tag is held back, so the cost of a fragment does
 * not grow with the text before it.
 */
export function splitText(state: ThinkingState, text: string, { open, close }: ThinkingTags): SplitText {
  let { at } = state;
  let rest = state.held + text;
  let reasoning = '';

  if (at === 'start') {
    const begun = rest.trimStart();
    const blanks = state.blanks + rest.slice(0, rest.length - begun.length);
    if (begun.startsWith(open)) {
      at = 'opened';
    } else if (open.startsWith(begun)) {
      return nothingAt({ at, held: begun, blanks });
    } else if (begun.startsWith(close)) {
      // Closes reasoning that was never opened, as after a tool result.
      at = 'unopened';
      rest = begun.slice(close.length);
    } else if (close.startsWith(begun)) {
      return nothingAt({ at, held: begun, blanks });
    } else {
      return { reasoning, content: blanks + begun, state: stateAt('answer') };
    }
  }

  for (;;) {
    if (at === 'opened' || at === 'reopened') {
      rest = rest.trimStart();
      // Repeated where both the chat template and the model write it.
      while (open !== '' && rest.startsWith(open)) rest = rest.slice(open.length).trimStart();
      // An empty block adds no line.
      if (open.startsWith(rest) || (at === 'reopened' && isBeginning(rest, close))) {
        return { reasoning, content: '', state: { ...stateAt(at), held: rest } };
      }
      if (at === 'reopened' && !rest.startsWith(close)) reasoning += '\n';
      at = 'thinking';
    }

    if (at === 'thinking') {
      const end = rest.indexOf(close);
      if (end === -1) {
        const sure = rest.length - beginningOf(close, rest);
        return {
          reasoning: reasoning + rest.slice(0, sure),
          content: '',
          state: { ...stateAt(at), held: rest.slice(sure) },
        };
      }
      reasoning += rest.slice(0, end);
      rest = rest.slice(end + close.length);
      at = 'closed';
    }

    if (at === 'closed' || at === 'unopened') {
      rest = rest.trimStart();
      if (open !== '' && rest.startsWith(open)) {
        rest = rest.slice(open.length);
        at = at === 'closed' ? 'reopened' : 'opened';
        continue;
      }
      if (rest === '' || isBeginning(rest, open)) {
        return { reasoning, content: '', state: { ...stateAt(at), held: rest } };
      }
    }
    break;
  }

  // From here on a tag is text: models also write about tags.
  return { reasoning, content: rest, state: stateAt('answer') };
}

/** Releases the text that was held back: it was not a tag, since no more text follows for now. */
export function releaseHeld(split: SplitText): SplitText {
  const { reasoning, content, state } = split;
  const { at, held, blanks } = state;
  if (held === '' && blanks === '') return split;
  if (at === 'start' || at === 'closed' || at === 'unopened') {
    return { reasoning, content: content + blanks + held, state: stateAt('answer') };
  }
  return {
    reasoning: reasoning + (at === 'reopened' ? '\n' : '') + held,
    content,
    state: stateAt('thinking'),
  };
}

/** Whether a text is the beginning of a tag and shorter than it. */
const isBeginning = (text: string, tag: string): boolean => text.length < tag.length && tag.startsWith(text);

/** Counts the characters at the end of a text that may be the beginning of a tag. */
function beginningOf(tag: string, text: string): number {
  let length = Math.min(tag.length - 1, text.length);
  while (length > 0 && !text.endsWith(tag.slice(0, length))) length -= 1;
  return length;
}
