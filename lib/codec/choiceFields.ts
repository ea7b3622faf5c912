import * as t from 'io-ts';

import { toFields } from './coerce';
import { coerced } from './coerced';
import { CompletionMessage } from './CompletionMessage';
import { lenient } from './lenient';
import { Logprobs } from './Logprobs';
import { nullable } from './nullable';
import { index, reason } from './scalars';

/** The codecs of the fields that a `ChunkChoice` and a `CompletionChoice` share. */
export const choiceFields = {
  index,
  message: coerced(nullable(CompletionMessage), toFields),
  finish_reason: reason,
  logprobs: lenient(t.union([Logprobs, t.number])),
};
