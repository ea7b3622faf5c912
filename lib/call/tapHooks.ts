import { identity, pipe, tap, type MonoTypeOperatorFunction } from 'rxjs';

import type { ChatError } from '../errors';
import { callIsolated } from '../rx/callIsolated';
import type { CallReport } from './CallReport';
import type { ChatHooks } from './ChatHooks';

/** Adds a value of a call to its report. */
export type AddValue<T> = (value: T, report: CallReport) => void;

/**
 * Calls the hooks for the values and the end of a call: as methods, since a hooks object may be an instance of a class.
 *
 * Without such hooks it adds no operator to the call.
 */
export const tapHooks = <T>(
  hooks: ChatHooks,
  report: CallReport,
  addValue: AddValue<T> | undefined,
): MonoTypeOperatorFunction<T> =>
  pipe(
    addValue !== undefined && report.readsValues ? tap((value: T) => addValue(value, report)) : identity,
    // Below the values: an error that their hooks throw is an error of the call.
    hooks.onError || hooks.onComplete || hooks.onAbort
      ? tap({
          error: (error: unknown) => hooks.onError?.(error as ChatError),
          complete: () => hooks.onComplete?.(report.completed()),
          unsubscribe: () => callIsolated(() => hooks.onAbort?.()),
        })
      : identity,
  );
