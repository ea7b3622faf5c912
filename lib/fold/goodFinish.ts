import { isFinishReason, normalize } from './isFinishReason';

/** Reasons of an answer that the model has ended, normalized. */
const FINISHED =
  /^(?:stop(?:sequence|criteriamet|words|token|stringfound)?|(?:tool|function)calls?|tooluse|end(?:turn|id|oftext|ofturn|ofsequence)?|eo[st]|eos(?:token|found)|word|normal|completed?|done|finish(?:ed)?|reasontoolcalls|(?:finish)?reasonstop)$/;

/** Whether a finish reason is one of a model that has ended its answer. Beside the other kinds, whose words few folds need. */
export const isGoodFinish = (reason: string | null | undefined): boolean =>
  isFinishReason(reason) && FINISHED.test(normalize(reason));
