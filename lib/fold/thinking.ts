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
export function splitText(state: ThinkingState, text: string, tags: ThinkingTags): SplitText {
  let { at, blanks } = state;
  let rest = state.held + text;
  let reasoning = '';
  while (at !== 'answer') {
    const step = STEPS[at](rest, tags);
    rest = step.rest;
    reasoning += step.reasoning ?? '';
    blanks = step.blanks === undefined ? '' : blanks + step.blanks;
    if (step.at === at) return { reasoning, content: '', state: { at, held: rest, blanks } };
    at = step.at;
  }
  // From here on a tag is text: models also write about tags.
  return { reasoning, content: blanks + rest, state: stateAt('answer') };
}

/** A step over the text at one position. */
interface Step {
  /** The next position. The same one if the rest is held back, as it may be the beginning of a tag. */
  readonly at: ThinkingState['at'];
  readonly rest: string;
  readonly reasoning?: string;
  readonly blanks?: string;
}

const STEPS: Readonly<
  Record<Exclude<ThinkingState['at'], 'answer'>, (text: string, tags: ThinkingTags) => Step>
> = {
  start: (text, { open, close }) => {
    const rest = text.trimStart();
    const blanks = text.slice(0, text.length - rest.length);
    if (rest.startsWith(open)) return { at: 'opened', rest };
    if (open.startsWith(rest)) return { at: 'start', rest, blanks };
    // Closes reasoning that was never opened, as after a tool result.
    if (rest.startsWith(close)) return { at: 'unopened', rest: rest.slice(close.length) };
    return { at: close.startsWith(rest) ? 'start' : 'answer', rest, blanks };
  },
  opened: (text, { open }) => {
    const rest = withoutOpening(text, open);
    return { at: open.startsWith(rest) ? 'opened' : 'thinking', rest };
  },
  reopened: (text, { open, close }) => {
    const rest = withoutOpening(text, open);
    if (open.startsWith(rest) || isBeginning(rest, close)) return { at: 'reopened', rest };
    // An empty block adds no line.
    return { at: 'thinking', rest, reasoning: rest.startsWith(close) ? '' : '\n' };
  },
  thinking: (text, { close }) => {
    const end = text.indexOf(close);
    if (end !== -1)
      return { at: 'closed', rest: text.slice(end + close.length), reasoning: text.slice(0, end) };
    const sure = text.length - beginningOf(close, text);
    return { at: 'thinking', rest: text.slice(sure), reasoning: text.slice(0, sure) };
  },
  closed: (text, { open }) => afterBlock(text, open, 'closed', 'reopened'),
  unopened: (text, { open }) => afterBlock(text, open, 'unopened', 'opened'),
};

/** Returns the text after the opening tag, which is repeated where both the chat template and the model write it. */
function withoutOpening(text: string, open: string): string {
  let rest = text.trimStart();
  while (open !== '' && rest.startsWith(open)) rest = rest.slice(open.length).trimStart();
  return rest;
}

/** Reads the text after a closing tag: another block, or the answer. */
function afterBlock(text: string, open: string, at: Step['at'], next: Step['at']): Step {
  const rest = text.trimStart();
  if (open !== '' && rest.startsWith(open)) return { at: next, rest: rest.slice(open.length) };
  return { at: rest === '' || isBeginning(rest, open) ? at : 'answer', rest };
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
