import { normalize, USUAL } from './isFinishReason';

/** Reasons of a limit and of a filter that have the word of a failure: Cohere. */
const ERROR_BY_NAME = /^error(?:limit|toxic)$/;

/** Reasons of a failure after which the same request may succeed, by a word or as a whole. */
const FAILURE =
  /error|exception|fail|abort|cancel|terminated|killed|timed?out|interrupt|disconnect|connection(?:lost|closed|reset)|crash|shutdown|outofmemory|unavailable|overload|preempt|ratelimit|throttl|^(?:insufficientsystemresource|modelunloaded)$/;

/** Reasons of a failure that is likely to repeat. */
const REPEATED =
  /^(?:malformed(?:functioncall|response|tooluse|modeloutput)|unexpectedtoolcall|toomanytoolcalls|missingthoughtsignature|noimage)$/;

/** Words of an account that is spent, which fails again. */
const SPENT = /quota|credits|balance(?!r)|billing|payment/;

/** Whether a finish reason reports a failure. Beside the other kinds, whose words a call does not need. */
export const isFailedFinish = (reason: string): boolean => {
  if (USUAL.includes(reason)) return false;
  const name = normalize(reason);
  return REPEATED.test(name) || SPENT.test(name) || isPassing(name);
};

/** Whether the same request may succeed after this reason; true only for failures that pass. */
export const isTransientFinish = (reason: string): boolean => {
  const name = normalize(reason);
  return isPassing(name) && !SPENT.test(name);
};

const isPassing = (name: string): boolean => FAILURE.test(name) && !ERROR_BY_NAME.test(name);
