import { VirtualTimeScheduler } from 'rxjs';

/**
 * An event loop in virtual time: timers that fall due while the thread is blocked fire late, before anything is read.
 *
 * A `VirtualTimeScheduler` fires each timer in its own frame, however long the one before takes.
 */
export class EventLoop extends VirtualTimeScheduler {
  /** Blocks the thread, as a synchronous loop does, or a machine that is asleep. */
  block(ms: number): void {
    this.frame += ms;
  }

  /** Calls a function when data arrives, which is after the timers that are due if the thread was blocked. */
  onArrival(at: number, read: () => void): void {
    this.schedule(() => {
      if (this.frame > at) this.schedule(read, 1);
      else read();
    }, at);
  }

  override flush(): void {
    for (let action = this.actions.shift(); action !== undefined; action = this.actions.shift()) {
      this.frame = Math.max(this.frame, action.delay);
      const error: unknown = action.execute(action.state, action.delay);
      if (error instanceof Error) throw error;
    }
  }
}
