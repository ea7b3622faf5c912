/** An error of any realm: fetch may be that of an iframe, or of the realm around Jest's specs. */
export interface ErrorLike {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

/** Returns an error, its cause, the cause of that, …, at most eight; of several (an address each) the first. */
export function causesOf(value: unknown, most = 8): readonly ErrorLike[] {
  const error = errorLike(value);
  return error && most > 0 ? [error, ...causesOf(error.cause ?? error.errors?.[0], most - 1)] : [];
}

/** Returns a thrown value with a message or a code; a text is a message. */
function errorLike(value: unknown): ErrorLike | undefined {
  if (typeof value === 'string') return { message: value };
  const { message, code } = Object(value) as ErrorLike;
  return typeof message === 'string' || typeof code === 'string' ? (value as ErrorLike) : undefined;
}

/** Returns the code of an error; `''` if it has none, or a number as a `DOMException` has. */
export const codeOf = ({ code }: ErrorLike): string => (typeof code === 'string' ? code : '');
