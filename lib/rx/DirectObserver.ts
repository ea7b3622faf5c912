import { Subscription, type Observer } from 'rxjs';

/**
 * An observer that RxJS notifies directly, since it is a subscription as well. Any other is wrapped in two objects.
 *
 * A read of a body passes several observers. With hundreds of streams at once, their objects are no longer in the cache of the
 * processor, so that fetching them costs more than the code that runs.
 */
export abstract class DirectObserver<T> extends Subscription implements Observer<T> {
  /** Whether the source has ended, or was unsubscribed from. */
  protected isStopped = false;

  protected abstract onNext(value: T): void;
  protected abstract onError(error: unknown): void;
  protected abstract onComplete(): void;

  next(value: T): void {
    if (!this.isStopped) this.onNext(value);
  }

  error(error: unknown): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.onError(error);
    this.unsubscribe();
  }

  complete(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.onComplete();
    this.unsubscribe();
  }

  override unsubscribe(): void {
    this.isStopped = true;
    super.unsubscribe();
  }
}
