/** Resolves when a condition holds. Ends after a minute, so that a spec which fails does not keep its process. */
export const until = async (condition: () => unknown): Promise<void> => {
  for (let waits = 0; !condition(); waits += 1) {
    if (waits === 12_000) throw new Error('the condition does not hold');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
