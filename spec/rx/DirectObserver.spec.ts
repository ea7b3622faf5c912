import { concat, NEVER, Observable, of, Subject, throwError } from 'rxjs';

import { DirectObserver } from '../../lib/rx/DirectObserver';

/** Notes what it receives. */
class Notes extends DirectObserver<string> {
  readonly notes: string[] = [];

  protected onNext(value: string): void {
    this.notes.push(value);
  }

  protected onError(error: unknown): void {
    this.notes.push(String(error));
  }

  protected onComplete(): void {
    this.notes.push('complete');
  }
}

describe('DirectObserver', () => {
  // What makes it cheaper. It is no part of the documentation of RxJS.
  it('is the subscription that RxJS returns', () => {
    const observer = new Notes();
    expect(NEVER.subscribe(observer)).toBe(observer);
    expect(concat(of('a'), NEVER).subscribe(observer)).toBe(observer);
    observer.unsubscribe();
  });

  it('receives values up to the end, and unsubscribes', () => {
    const completed = new Notes();
    of('a', 'b').subscribe(completed);
    expect(completed.notes).toEqual(['a', 'b', 'complete']);
    expect(completed.closed).toBe(true);

    const failed = new Notes();
    concat(
      of('a'),
      throwError(() => new Error('bad')),
    ).subscribe(failed);
    expect(failed.notes).toEqual(['a', 'Error: bad']);
    expect(failed.closed).toBe(true);
  });

  it('receives nothing after the end', () => {
    const observer = new Notes();
    of('a').subscribe(observer);
    observer.next('b');
    observer.error(new Error('late'));
    observer.complete();
    expect(observer.notes).toEqual(['a', 'complete']);
  });

  it('receives the error of a source that throws while it is subscribed to', () => {
    const observer = new Notes();
    new Observable<string>(() => {
      throw new TypeError('bad');
    }).subscribe(observer);
    expect(observer.notes).toEqual(['TypeError: bad']);
  });

  it('receives nothing once it has unsubscribed, in the middle of a source too', () => {
    class First extends Notes {
      protected override onNext(value: string): void {
        super.onNext(value);
        this.unsubscribe();
      }
    }
    const observer = new First();
    of('a', 'b').subscribe(observer);
    expect(observer.notes).toEqual(['a']);
  });

  it('unsubscribes from its source, behind which its teardowns run', () => {
    const source$ = new Subject<string>();
    const observer = new Notes();
    source$.subscribe(observer);
    observer.add(() => observer.notes.push(`source observed: ${String(source$.observed)}`));
    const removed = jest.fn();
    observer.add(removed);
    observer.remove(removed);
    source$.next('a');
    observer.unsubscribe();
    observer.unsubscribe();
    source$.next('b');
    expect(observer.notes).toEqual(['a', 'source observed: false']);
    expect(removed).not.toHaveBeenCalled();
  });

  it('runs its teardowns after the end was received', () => {
    const observer = new Notes();
    observer.add(() => observer.notes.push('teardown'));
    of('a').subscribe(observer);
    expect(observer.notes).toEqual(['a', 'complete', 'teardown']);
    observer.add(() => observer.notes.push('at once'));
    expect(observer.notes.at(-1)).toBe('at once');
  });
});
