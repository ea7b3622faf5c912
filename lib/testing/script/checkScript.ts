import { isRecord } from '../../codec/isRecord';
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
  if (!isRecord(reply) || !KINDS.some((kind) => kind in reply)) {
    throw new TypeError(`${name} is not a string, and has neither ${KINDS.join(' nor ')}`);
  }
  if ('status' in reply) checkFailure(reply as HttpFailure, name);
  if ('parts' in reply) checkParts((reply as Answer).parts, name);
}

const KINDS = ['parts', 'status', 'unreachable'] as const;

/** A part without effect would be an answer that a test does not expect. */
function checkParts(parts: unknown, name: string): void {
  if (!Array.isArray(parts)) throw new TypeError(`the parts of ${name} are not a list`);
  parts.forEach((part: unknown, index) => {
    const place = `part ${index + 1} of ${name}`;
    if (typeof part === 'string') return;
    if (!isRecord(part) || !PARTS.some((kind) => kind in part))
      throw new TypeError(`${place} is not a string, and has none of ${PARTS.join(', ')}`);
    const { stall = 0, cut = 'body' } = part;
    if (!(Number(stall) >= 0))
      throw new RangeError(`${place} has the stall ${String(stall)}; use milliseconds`);
    if (cut !== 'body' && cut !== 'socket')
      throw new TypeError(`${place} has the cut ${String(cut)}; use socket or body`);
  });
}

const PARTS = [
  'text',
  'reasoning',
  'toolCall',
  'cutCharacter',
  'stall',
  'cut',
  'bad',
  'errorFrame',
  'frames',
];

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
