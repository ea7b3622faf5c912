import { isEqual } from './diff';

/** One event of a stream, as `TestScheduler` records it. */
export interface TestMessage {
  readonly frame: number;
  readonly notification: {
    readonly kind: 'N' | 'E' | 'C';
    readonly value?: unknown;
    readonly error?: unknown;
  };
}

/** The character that stands for a notification in a diagram. */
interface Letter {
  /** The same for equal notifications at one frame, and only for those. */
  readonly id: string;
  readonly marble: string;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Assigns a letter to each message, the same to equal values. Once the letters are used up, `*` stands for the rest. */
export function assignLetters(messages: readonly TestMessage[]): (message: TestMessage) => Letter {
  const values: TestMessage[] = [];
  const errors: TestMessage[] = [];
  const letterOf = (message: TestMessage): Letter => {
    const { kind } = message.notification;
    if (kind === 'C') return { id: '|', marble: '|' };
    if (kind === 'E') return { id: `#${indexIn(errors, message)}`, marble: '#' };
    const index = indexIn(values, message);
    return { id: String(index), marble: LETTERS[index] ?? '*' };
  };
  const letters = new Map(messages.map((message) => [message, letterOf(message)]));
  return (message) => letters.get(message) ?? letterOf(message);
}

/**
 * Returns the index of an equal message, and appends the message if there is none.
 *
 * One without a letter is compared with those of its frame alone: each with each would take quadratic time.
 */
function indexIn(known: TestMessage[], message: TestMessage): number {
  const { value, error } = message.notification;
  const index = known.findIndex(
    ({ frame, notification }, at) =>
      (at < LETTERS.length || frame === message.frame) &&
      isMatch(notification.value, value) &&
      isMatch(notification.error, error),
  );
  return index === -1 ? known.push(message) - 1 : index;
}

/** Compares in both directions: an expected value may be a matcher, or the tag and fields of an error. */
const isMatch = (a: unknown, b: unknown): boolean => isEqual(b, a) || isEqual(a, b);
