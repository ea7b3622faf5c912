import * as t from 'io-ts';

import { toIndex, toLabel, toPartText, toReason } from './coerce';
import { coerced, reshaped } from './coerced';
import { lenient } from './lenient';
import { nullable, nullableText } from './nullable';

/** A text beside the answer, such as reasoning; a number or an object with a text is coerced. */
export const sideText = lenient(coerced(t.string, toPartText));

/** An id or a name. */
export const label = reshaped(nullableText, toLabel);

/** The index of a choice, a tool call or an embedding. */
export const index = coerced(nullable(t.number), toIndex);

/** A finish reason. */
export const reason = coerced(nullableText, toReason);
