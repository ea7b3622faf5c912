/** Returns the result of a function; `undefined` if it throws, which callers read in another way. */
export function attempt<A>(run: () => A): A | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
