import { toFields } from './coerce';
import { coerced } from './coerced';
import { CustomCall, FunctionCall } from './FunctionCall';
import { nullable } from './nullable';
import { label, lenientText } from './scalars';

/** The codecs of the fields that a `ToolCall` and a `ToolCallDelta` share. */
export const toolCallFields = {
  id: label,
  type: lenientText,
  function: coerced(nullable(FunctionCall), toFields),
  custom: coerced(nullable(CustomCall), toFields),
};
