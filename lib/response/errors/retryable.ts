import type { ErrorDetails } from '../../errors';
import { isTransientStatus } from './isTransientStatus';

/** The fields of an error that distinguish a rate limit from a spent quota. */
type Reason = Pick<ErrorDetails, 'serverMessage' | 'code' | 'type'>;

/** Words for a busy server, in English and Chinese. */
const BUSY =
  /throttl|overload|capacity|busy|concurren|slow.?down|RESOURCE_EXHAUSTED|稍后|[频速]率|频繁|并发|限流|访问量/i;

/** Texts of a 429 that is a rate limit: waiting helps. */
const PASSES = new RegExp(
  `${BUSY.source}|rate|frequen|too.?many|requests|tokens|try again|retry|\\b429\\b`,
  'i',
);

/** Texts of the limit of a plan, or of a day or longer. A text with a limit of a minute as well may mean that. */
const LONG =
  /((dai|week|month)ly.{0,20}|usage.)(quota|limit)|^(?!.*\b(min|second)).*(per|\/).(day|week|month)\b/is;

/**
 * Codes, types and texts of an account without money, without a plan, or at a long limit: waiting does not help.
 *
 * `request_quota_exceeded` of Cerebras is a limit of a minute.
 */
const SPENT = new RegExp(
  `${LONG.source}|insufficient.?(quota|credit|fund)|billing|budget|spend(ing)?.?limit|balance(?!r)|arrear|credits?\\b|payment|prepaid|free.?(tier|allocation|quota)|\\bquota_exceeded|余额|欠费`,
  'is',
);

/**
 * Whether a request that failed with a status may succeed when it is sent again.
 *
 * Its status decides, as {@link isTransientStatus}. A 429 passes only if it is known to be a rate limit, and not an input over that
 * limit: by its code, type or message, by the wait that the server requests, or because it has no code at all. A 5xx whose body has a
 * code of 4xx, or the name of one, as a field or in front of its message, does not: a gateway replaced the status, and the same
 * request fails again.
 */
export const isTransient = (status: number, reason: Reason, hasWait: boolean): boolean =>
  isTransientStatus(status) &&
  (status < 500 ? status !== 429 || isRateLimit(reason, hasWait) : !hasClientErrorCode(reason));

/**
 * Whether a request that failed under a successful status may succeed when it is sent again.
 *
 * The status in its body decides, else its code, its type and its message.
 */
export function isTransientError(reason: Reason, hasWait: boolean): boolean {
  const { code, type, serverMessage } = reason;
  const status = Number(code);
  // Mistral counts its own codes from 1000.
  if (status >= 400 && status < 600) return isTransient(status, reason, hasWait);
  const message = isClientError(serverMessage) ? '' : serverMessage;
  return !hasClientErrorCode(reason) && (hasWait || TRANSIENT.test(`${code} ${type} ${message}`));
}

/** Codes, types and messages of errors under any other status that pass. */
const TRANSIENT = new RegExp(
  `${BUSY.source}|rate.?limit|too.?many.?requests|(?:server|internal).?(?:err|exc)|unavailable(?! (?:for|in|on) )|time.{0,2}out|again later`,
  'i',
);

function isRateLimit({ code, type, serverMessage }: Reason, hasWait: boolean): boolean {
  // A code that repeats the status explains less than the message, and is enough if that explains nothing.
  const isOnlyStatus = Number(code) === 429;
  const names = [isOnlyStatus ? null : code, type].join(' ');
  if (SPENT.test(names) || PERMANENT.test(serverMessage)) return false;
  if (hasWait || (PASSES.test(names) && !LONG.test(serverMessage))) return true;
  if (SPENT.test(serverMessage)) return false;
  return isOnlyStatus || names.trim() === '' || PASSES.test(serverMessage);
}

/**
 * Codes, types and beginnings of messages of errors that the same request meets again, without blanks and `_`: of OpenAI, of gRPC,
 * and the names of 4xx.
 */
const CLIENT_ERROR =
  /^(?:invalid(?:request|argument|apikey|value|type|prompt)|unsupported|context(?:length|window|capacity)|content(?:policy|filter)|modelnotfound|authentication|permission|badrequest|un(?:authori[sz]ed|authenticated|processable)|forbidden|notfound|validationerror|failedprecondition|unknown(?:field|param)|(?:request|payload)(?:entity)?toolarge)/i;

const isClientError = (text: string): boolean =>
  CLIENT_ERROR.test(text.replace(/[\s_]/g, '')) || SPENT.test(text);

/** The error that a gateway quotes in its message: `litellm.BadRequestError: …`, `Error code: 400 - …`, Alibaba's `<400> …`. */
const QUOTED = /^(?:\w+\.)*(\w+(?:Error|Exception)):|(?:\bError code: |^<)(\d+)/;

/**
 * Texts for an input that the model cannot read, or not all of it: of OpenAI with status 429, of Ollama, llama.cpp and others with 500.
 * And of Google, for a quota of nothing, as of a model that its free tier does not have.
 */
const PERMANENT =
  /metric: \S+ limit: 0\b|^request too large|input is not supported|for image input|(?:input|prompt) is too |exceed\w{0,4} .{0,40}(?:context.(?:si|l|w)|KV)|context window is full/i;

function hasClientErrorCode({ code, type, serverMessage }: Reason): boolean {
  const [, name, quoted] = QUOTED.exec(serverMessage) ?? [];
  return (
    [code, quoted]
      .map(Number)
      .some((status) => status >= 400 && status < 500 && !isTransientStatus(status)) ||
    [code, type, name].map(String).some(isClientError) ||
    PERMANENT.test(serverMessage)
  );
}
