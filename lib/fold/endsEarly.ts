import { isFailedFinish } from './failedFinish';
import { normalize } from './isFinishReason';

/** Reasons of an answer that a limit or a filter has ended early, by a word or as a whole. */
const CUT_OFF =
  /limit|length|exceed|truncat|tokens|filter|safety|prohibit|toxic|moderat|violat|^(?:(?:reason)?max\w+|context\w*|incomplete|repetition|userstopped|guardrailintervened|refusal|sensitive|blacklist|(?:image)?recitation|blocklist|spii|language|modelarmor)$/;

/** Whether a finish reason names a limit or a filter. */
export const isCutOff = (reason: string): boolean => CUT_OFF.test(normalize(reason));

/** Whether a finish reason ends an answer before it is complete. Beside the good reasons, whose names not every fold needs. */
export const endsEarly = (reason: string): boolean => isFailedFinish(reason) || isCutOff(reason);
