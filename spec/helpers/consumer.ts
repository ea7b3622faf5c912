// A separate program, so that its memory can be measured: streams one answer, keeps nothing of it, and
// prints the memory used. Run with --expose-gc; the address of a server is its argument.
import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { isChatError } from '../../lib/errors';

/** The output of the program, as JSON. */
export interface Consumed {
  readonly chunks: number;
  /** `complete`, or the tag of the error. */
  readonly end: string;
  /** The heap after garbage collection, in bytes: after every 100,000 chunks, and at the end. */
  readonly held: readonly number[];
  /** The most memory the process has had, in bytes. */
  readonly peak: number;
}

const EVERY = 100_000;
const collect = globalThis.gc as () => void;
const held: number[] = [];
let chunks = 0;

function weigh(): void {
  collect();
  held.push(process.memoryUsage().heapUsed);
}

function tell(end: string): void {
  weigh();
  // At the end of the process: a timer of five minutes that was left behind would delay it.
  process.once('beforeExit', () => {
    const peak = process.resourceUsage().maxRSS * 1024;
    process.stdout.write(JSON.stringify({ chunks, end, held, peak } satisfies Consumed));
  });
}

chatCompletion$({ baseURL: process.argv[2] }, { model: 'any', messages: [] }).subscribe({
  next: () => {
    chunks += 1;
    if (chunks % EVERY === 0) weigh();
  },
  error: (error: unknown) => tell(isChatError(error) ? error._tag : String(error)),
  complete: () => tell('complete'),
});
