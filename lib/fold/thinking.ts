/** How a model marks its thinking in its text, when it has no field for it. */
export interface ThinkingTags {
  readonly open: string;
  readonly close: string;
}

/** How far a text has come, and what is held back of it. */
export interface ThinkingState {
  /** Before the first word, behind the opening tag, in the thinking, behind the closing tag, or in the answer. */
  readonly at: 'start' | 'opened' | 'thinking' | 'closed' | 'answer';
  /** What may be the beginning of a tag, and is not yet known to be. */
  readonly held: string;
  /** The blanks before the first word: part of an answer that has no thinking before it. */
  readonly blanks: string;
}

/** What a piece of text turned out to be. */
export interface SplitText {
  readonly reasoning: string;
  readonly content: string;
  readonly state: ThinkingState;
}

/** A place with nothing held back. */
export const stateAt = (at: ThinkingState['at']): ThinkingState => ({ at, held: '', blanks: '' });

/** What no text turns out to be. */
export const nothingAt = (state: ThinkingState): SplitText => ({ reasoning: '', content: '', state });

/**
 * Parts a piece of text into thinking and answer.
 *
 * The pieces of a text add up to the same however it is cut. No more is held back than may still become a tag, so the time a
 * piece takes does not grow with the text before it.
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
      // Of a thinking that nobody opened, as after the answer of a tool.
      at = 'closed';
      rest = begun.slice(close.length);
    } else if (close.startsWith(begun)) {
      return nothingAt({ at, held: begun, blanks });
    } else {
      return { reasoning, content: blanks + begun, state: stateAt('answer') };
    }
  }

  if (at === 'opened') {
    rest = rest.trimStart();
    // More than once where both the template and the model open.
    while (open !== '' && rest.startsWith(open)) rest = rest.slice(open.length).trimStart();
    if (open.startsWith(rest)) return nothingAt({ ...stateAt(at), held: rest });
    at = 'thinking';
  }

  if (at === 'thinking') {
    const end = rest.indexOf(close);
    if (end === -1) {
      const sure = rest.length - beginningOf(close, rest);
      return {
        reasoning: rest.slice(0, sure),
        content: '',
        state: { ...stateAt(at), held: rest.slice(sure) },
      };
    }
    reasoning = rest.slice(0, end);
    rest = rest.slice(end + close.length);
    at = 'closed';
  }

  if (at === 'closed') {
    rest = rest.trimStart();
    if (rest === '') return { reasoning, content: '', state: stateAt(at) };
  }

  // From here on a tag is text: a model may well write about tags.
  return { reasoning, content: rest, state: stateAt('answer') };
}

/** What is held back turns out to be no tag, since nothing more comes for now. */
export function releaseHeld(split: SplitText): SplitText {
  const { reasoning, content, state } = split;
  const { at, held, blanks } = state;
  if (held === '' && blanks === '') return split;
  return at === 'start'
    ? { reasoning, content: content + blanks + held, state: stateAt('answer') }
    : { reasoning: reasoning + held, content, state: stateAt('thinking') };
}

/** How many characters at the end of a text may be the beginning of a tag. */
function beginningOf(tag: string, text: string): number {
  let length = Math.min(tag.length - 1, text.length);
  while (length > 0 && !text.endsWith(tag.slice(0, length))) length -= 1;
  return length;
}
