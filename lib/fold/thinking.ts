/** How a model marks its thinking in its text when it has no field for it. */
export interface ThinkingTags {
  readonly open: string;
  readonly close: string;
}

/** What has been seen of a text, and what is held back of it. */
export interface ThinkingState {
  /** Before the first word, behind the opening tag, in the thinking, behind the closing tag, in the answer. */
  readonly at: 'start' | 'opened' | 'thinking' | 'closed' | 'answer';
  /** What may be the beginning of a tag and is not yet known to be one. */
  readonly held: string;
  /** Blanks before the first word: the answer's, if it has no thinking before it. */
  readonly blanks: string;
}

/** What a piece of text turned out to be. */
export interface SplitText {
  readonly reasoning: string;
  readonly content: string;
  readonly state: ThinkingState;
}

/**
 * Parts a piece of text into thinking and answer.
 *
 * All pieces give the same, however they are cut. No more is held back than may become a tag, and no character is looked
 * at again and again: the time it takes does not grow with the thinking.
 */
export function splitText({ at, held, blanks }: ThinkingState, text: string, { open, close }: ThinkingTags): SplitText {
  let rest = held + text;
  let reasoning = '';

  if (at === 'start') {
    const begun = rest.trimStart();
    const before = blanks + rest.slice(0, rest.length - begun.length);
    if (begun.startsWith(open)) {
      at = 'opened';
    } else if (open.startsWith(begun)) {
      return { reasoning, content: '', state: { at, held: begun, blanks: before } };
    } else if (begun.startsWith(close)) {
      // Of a thinking that was never opened, as after a tool's answer.
      at = 'closed';
    ...
}
