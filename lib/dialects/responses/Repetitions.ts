import { attempt } from '../../codec/attempt';
import { numberOf } from '../../codec/numberOf';
import type { Json } from '../translated';

/** Recognizes the events of one stream that a gateway has sent again. */
export class Repetitions {
  #last: Json = {};
  /** The JSON of the last end of an item; `undefined` before the first, and for one nested too deep to be written. */
  #lastEnd: string | undefined;
  /** Whether the numbers rise: some servers send the same one with every event. */
  #isNumbered = false;

  /** Whether an event has the number of the one before. */
  isRepeated(event: Json): boolean {
    const { sequence_number: number } = event;
    // A number alone may be that of several events.
    const isSame = SAME.every((field) => event[field] === this.#last[field]);
    if (this.#isNumbered && number !== undefined && isSame) return true;
    this.#isNumbered ||= numberOf(number) > numberOf(this.#last.sequence_number);
    this.#last = event;
    return false;
  }

  /** Whether the end of an item is that of the item before: gateways may repeat it without a number. */
  isSameEnd(end: Json): boolean {
    const before = this.#lastEnd;
    this.#lastEnd = attempt(() => JSON.stringify(end));
    return this.#lastEnd !== undefined && this.#lastEnd === before;
  }
}

/** Fields that an event and its repetition share. */
const SAME = ['sequence_number', 'type', 'delta', 'output_index'] as const;
