import { defer, type Observable } from 'rxjs';

/** Like `defer`, and passes the number of the subscription; the first is 1. */
export function deferCounted<T>(create: (subscription: number) => Observable<T>): Observable<T> {
  let subscriptions = 0;
  return defer(() => {
    subscriptions += 1;
    return create(subscriptions);
  });
}
