import { noop } from 'rxjs';

/**
 * Returns a hook for logs whose own failure is ignored, also that of its promise: a log that fails must end neither answers nor the
 * process.
 */
export const quietHook =
  <Args extends readonly unknown[]>(hook: (...args: Args) => unknown) =>
  (...args: Args): void => {
    const call = async (): Promise<unknown> => await hook(...args);
    call().catch(noop);
  };
