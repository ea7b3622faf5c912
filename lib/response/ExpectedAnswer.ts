/** The expectations of a request that the reading of its response depends on. */
export interface ExpectedAnswer {
  /** Whether it is one answer, with `n` absent or 1. */
  readonly isOne: boolean;
  /** Whether usage follows the finish reason. The end of the stream waits only for usage that was requested. */
  readonly hasUsage: boolean;
}
