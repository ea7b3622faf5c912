import { Subscription, type Observer, type SubscriptionLike, type TeardownLogic } from 'rxjs';

/**
 * An observer that RxJS notifies directly, since it is a subscription as well. Any other is wrapped in two objects.
 *
 * A read of a body passes several observers. With hundreds of streams at once, their objects are no longer in the cache of the
 * processor, so that fetching them costs more than the code that runs.
 */
export abstract class DirectObserver<T> implements Observer<T>, SubscriptionLike {
  closed = false;
  readonly #teardowns = new Subscription();

  protected abstract onNext(value: T): void;
  protected abstract onError(error: unknown): void;
  protected abstract onComplete(): void;

  next(value: T): void {
    if (!this.closed) this.onNext(value);
  }

  error(error: unknown): void {
    if (this.closed) return;
    this.closed = true;
    this.onError(error);
    this.unsubscribe();
  }

  complete(): void {
    if (this.closed) return;
    this.closed = true;
    this.onComplete();
    this.unsubscribe();
  }

  add(teardown: TeardownLogic): void {
    this.#teardowns.add(teardown);
  }

  remove(teardown: Exclude<TeardownLogic, void>): void {
    this.#teardowns.remove(teardown);
  }

  unsubscribe(): void {
    this.closed = true;
    this.#teardowns.unsubscribe();
  }
}
