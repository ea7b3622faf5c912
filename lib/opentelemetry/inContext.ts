import { context, type Context } from '@opentelemetry/api';
import { Observable, type MonoTypeOperatorFunction } from 'rxjs';

/**
 * Subscribes to the source in a context, and emits in that of the subscriber.
 *
 * Without that, what follows the source would run in its context: the next call of a loop, or a tool that a chunk starts.
 *
 * @param inner - The context of the source.
 */
export const inContext =
  <T>(inner: Context): MonoTypeOperatorFunction<T> =>
  (source$) =>
    new Observable((subscriber) => {
      const outer = context.active();
      new Observable<T>((values) => {
        // Before the subscription: a source may emit everything while it is being subscribed to.
        subscriber.add(values);
        context.with(inner, () => source$.subscribe(values));
      }).subscribe({
        next: context.bind(outer, (value) => subscriber.next(value)),
        error: context.bind(outer, (error) => subscriber.error(error)),
        complete: context.bind(outer, () => subscriber.complete()),
      });
    });
