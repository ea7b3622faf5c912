import { fieldsOf, isRecord } from '../../codec/isRecord';
import type { Answer, HttpFailure, Reply, Script } from './Reply';

/**
 * Checks the replies of a script that are known before the first request.
 *
 * @throws TypeError or RangeError with the reply and the problem.
 */
export function checkScript(script: Script): void {
  if (typeof script === 'function') return;
  if (!Array.isArray(script)) return checkReply(script as Reply);
  (script as readonly Reply[]).forEach((reply, index) => checkReply(reply, `reply ${index + 1}`));
}

/**
 * Checks that a reply can be sent, by `fetch` and over HTTP.
 *
 * @param name - The name of the reply in an error.
 * @throws TypeError or RangeError with the problem.
 */
export function checkReply(reply: Reply, name = 'the reply'): void {
  if (typeof reply === 'string') return;
  const [kind, other] = isRecord(reply) ? KINDS.filter((each) => each in reply) : [];
  if (kind === undefined)
    throw new TypeError(`${name} is not a string, and has neither ${KINDS.join(' nor ')}`);
  if (other !== undefined) throw new TypeError(`${name} has both ${kind} and ${other}; use one of them`);
  if (kind === 'status') checkFailure(reply as HttpFailure, name);
  if (kind === 'parts') checkParts((reply as Answer).parts, name);
}

const KINDS = ['parts', 'status', 'unreachable'] as const;

/** A part without effect would be an answer that a test does not expect. */
function checkParts(parts: unknown, name: string): void {
  if (!Array.isArray(parts)) throw new TypeError(`the parts of ${name} are not a list`);
  parts.forEach((part: unknown, index) => {
    if (typeof part !== 'string') checkPart(part, `part ${index + 1} of ${name}`);
  });
}

function checkPart(part: unknown, name: string): void {
  const [kind, other] = isRecord(part) ? PART_KINDS.filter((each) => each in part) : [];
  if (kind === undefined)
    throw new TypeError(`${name} is not a string, and has none of ${PART_KINDS.join(', ')}`);
  if (other !== undefined) throw new TypeError(`${name} has both ${kind} and ${other}; make it two parts`);
  const value = fieldsOf(part)[kind];
  const [isValid, use] = PARTS[kind];
  if (!isValid(value)) throw new TypeError(`${name} has the ${kind} ${String(value)}; use ${use}`);
}

const isString = (value: unknown): boolean => typeof value === 'string';
const isText = (value: unknown): boolean => [value].flat().every(isString);

/** The check of a part by its kind, and the valid values, for an error. */
const PARTS = {
  text: [isText, 'a string or a list of strings'],
  reasoning: [isText, 'a string or a list of strings'],
  toolCall: [(call) => isString(fieldsOf(call).name), "an object such as { name: 'weather', arguments: {} }"],
  cutCharacter: [isString, 'a string'],
  stall: [(ms) => typeof ms === 'number' && ms >= 0, 'milliseconds'],
  cut: [(cut) => cut === 'socket' || cut === 'body', 'socket or body'],
  bad: [(bad) => bad === 'json' || bad === 'schema', 'json or schema'],
  errorFrame: [isString, 'a string'],
  frames: [
    (frames) => [frames].flat().every((frame) => isString(frame) || isRecord(frame)),
    'frames of builders, such as textChunk',
  ],
} satisfies Readonly<Record<string, readonly [isValid: (value: unknown) => boolean, use: string]>>;

const PART_KINDS = Object.keys(PARTS) as readonly (keyof typeof PARTS)[];

function checkFailure({ status, headers = {}, body }: HttpFailure, name: string): void {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new RangeError(`${name} has the status ${status}; use an integer from 200 to 599`);
  }
  if (body !== undefined && !hasBody(status)) {
    throw new TypeError(`${name} has a body, which a response with status ${status} cannot have`);
  }
  for (const [header, value] of Object.entries(headers)) {
    // RFC 9110, sections 5.1 and 5.5.
    if (!/^[!#$%&'*+.^`|~\w-]+$/.test(header))
      throw new TypeError(`${name} has the invalid header name '${header}'`);
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      throw new TypeError(`${name} has an invalid value of ${header}`);
  }
}

/** Whether a response with this status has a body (Fetch, "null body status"). */
export const hasBody = (status: number): boolean => ![204, 205, 304].includes(status);
