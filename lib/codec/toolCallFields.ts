import { toFields } from './coerce';
import { coerced } from './coerced';
import { CustomCall, FunctionCall } from './FunctionCall';
import { lenientText } from './lenient';
import { nullable } from './nullable';
import { label } from './scalars';

/** The codecs of the fields that a `ToolCall` and a `ToolCallDelta` share. */
export const toolCallFields = {
  id: label,
  type: lenientText,
  function: coerced(nullable(FunctionCall), toFields),
  custom: coerced(nullable(CustomCall), toFields),
};
