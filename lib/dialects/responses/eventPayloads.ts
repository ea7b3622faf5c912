import { parseJson } from '../../codec/parseJson';
import type { LimitError } from '../../errors';
import { serverErrorOf } from '../../response/errors/serverError';
import { EventReader, lenientRules } from '../../sse/EventReader';
import type { ServerSentEvent } from '../../sse/ServerSentEvent';
import type { Limits } from '../../transport/limits';
import type { PayloadReader, Payloads } from '../PayloadReader';

/** Creates the reader of an event stream with a JSON value in each event. */
export function eventPayloads(limits: Required<Limits>): PayloadReader {
  const events = new EventReader(lenientRules(limits));
  return {
    take: (read) => payloadsOf(events.take(read)),
    end: () => payloadsOf(events.end()),
  };
}

const payloadsOf = (events: ReadonlyArray<ServerSentEvent | LimitError>): Payloads =>
  events.map((each) => {
    if (each instanceof Error) return each;
    const { event, data } = each;
    return event === 'error' ? serverErrorOf(parseJson(data) ?? data, data) : data;
  });
