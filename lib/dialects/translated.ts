import { defer, map, pipe, startWith, type OperatorFunction } from 'rxjs';

import { isRecord } from '../codec/isRecord';
import { fullText } from '../response/bodyText';
import { parseJson } from '../response/errorShapes';
import { readResponse } from '../response/readResponse';
import { defaultLimits } from '../transport/limits';
import type { Bytes, ResponseHead, Transport, TransportRequest } from '../transport/transport';
import type { Dialect, Fields } from './Dialect';

/** The path of chat completions; before it is the path of the base URL. */
const CHAT = /(\/v1)?\/chat\/completions(?=$|\?)/;

/**
 * Returns a transport that calls another API of the server, and responds with chat completions.
 *
 * Only `/chat/completions` is translated. Other requests, and responses with a failed status, pass unchanged.
 */
export const translated =
  (transport: Transport, dialect: Dialect): Transport =>
  (request) =>
    defer(() => {
      const fields = CHAT.test(request.url) ? fieldsOf(request) : undefined;
      if (fields === undefined) return transport(request);
      const url = request.url.replace(CHAT, (_, base: string | undefined) => dialect.path(base ?? ''));
      const body = JSON.stringify(dialect.request(fields));
      return transport({ ...request, url, body }).pipe(
        readResponse<ResponseHead | Bytes>((head) =>
          isSuccess(head)
            ? pipe(
                fields.stream === true ? encoded(dialect) : wholeBody(dialect),
                startWith<ResponseHead | Bytes>(headOf(head, fields)),
              )
            : startWith<ResponseHead | Bytes>(head),
        ),
      );
    });

const isSuccess = ({ status }: ResponseHead): boolean => status >= 200 && status < 300;

function fieldsOf({ body }: TransportRequest): Fields | undefined {
  const fields: unknown = body === undefined ? undefined : JSON.parse(body);
  return isRecord(fields) ? fields : undefined;
}

/** Returns the head of a response with another body. */
function headOf({ status, headers }: ResponseHead, { stream }: Fields): ResponseHead {
  const { 'content-length': _, ...others } = headers;
  return {
    status,
    headers: { ...others, 'content-type': stream === true ? 'text/event-stream' : 'application/json' },
  };
}

const encoded = ({ events }: Dialect): OperatorFunction<Bytes, Bytes> => {
  const encoder = new TextEncoder();
  return pipe(
    events(),
    map((text) => encoder.encode(text)),
  );
};

/** Converts a complete body. One that is not a JSON object passes unchanged. */
const wholeBody = ({ completion }: Dialect): OperatorFunction<Bytes, Bytes> =>
  pipe(
    fullText(defaultLimits.answer),
    map((text) => {
      const body = parseJson(text);
      const isAnswer = isRecord(body) && body.error === undefined;
      return new TextEncoder().encode(isAnswer ? JSON.stringify(completion(body)) : text);
    }),
  );
