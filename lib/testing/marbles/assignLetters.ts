import { diff } from './diff';

/** A notification as RxJS represents it. */
interface TestNotification {
  readonly kind: 'N' | 'E' | 'C';
  readonly value?: unknown;
  readonly error?: unknown;
}

/** The character that stands for a notification in a diagram. */
interface Letter {
  /** The same for equal notifications, and only for those. */
  readonly id: string;
  readonly marble: string;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Assigns a letter to each notification, the same to equal values. Once the letters are used up, `*` stands for the rest. */
export function assignLetters(
  notifications: readonly TestNotification[],
): (notification: TestNotification) => Letter {
  const values: unknown[] = [];
  const errors: unknown[] = [];
  const letterOf = ({ kind, value, error }: TestNotification): Letter => {
    if (kind === 'C') return { id: '|', marble: '|' };
    if (kind === 'E') return { id: `#${indexIn(errors, error)}`, marble: '#' };
    const index = indexIn(values, value);
    return { id: String(index), marble: LETTERS[index] ?? '*' };
  };
  notifications.forEach(letterOf);
  return letterOf;
}

/** Returns the index of an equal value, and appends the value if there is none. */
function indexIn(known: unknown[], value: unknown): number {
  const index = known.findIndex((each) => isMatch(each, value));
  return index === -1 ? known.push(value) - 1 : index;
}

/** Compares in both directions: an expected value may be a matcher, or the tag and fields of an error. */
const isMatch = (a: unknown, b: unknown): boolean => diff(b, a).length === 0 || diff(a, b).length === 0;
