import {
  asyncScheduler,
  catchError,
  defer,
  identity,
  takeUntil,
  type Observable,
  type OperatorFunction,
} from 'rxjs';

import { isChatError, type ChatError } from '../errors';
import { acceptedFields, ignoredFields, removedFields } from '../request/fieldReports';
import { redactError, redactorOf } from '../request/redact';
import { publicUrl } from '../request/url';
import { withHint } from '../response/errors/hints';
import { failWithStatus } from '../response/errors/httpError';
import { readResponse } from '../response/readResponse';
import type { ResponseContext } from '../response/ResponseContext';
import { after$, failAfter } from '../response/timeouts';
import { clockOf } from '../rx/clockOf';
import { fetchTransport } from '../transport/fetchTransport';
import { addressAt, isSuccess, type Bytes, type ResponseHead } from '../transport/transport';
import { abortedBy } from './abortedBy';
import { CallReport } from './CallReport';
import type { ChatConfig } from './config';
import { settingsOf } from './defaults';
import { encodeRequest, type Call } from './encodeRequest';
import { hooksOf } from './hooksOf';
import { withKey } from './key';
import { RequestWaits } from './RequestWaits';
import { sendAccepted } from './sendAccepted';
import { tapHooks, type AddValue } from './tapHooks';

/**
 * Returns the operator that reads the body of a response with a successful status.
 *
 * @param fields - The body of the request, without fields that the server has refused.
 */
export type ReadBody<T> = (
  head: ResponseHead,
  context: ResponseContext,
  fields: NonNullable<Call['fields']>,
) => OperatorFunction<Bytes, T>;

/**
 * Sends one request and reads its response: the part that all calls of this library share.
 *
 * Cold: each subscription reads the key and sends one request. Every failure is a {@link ChatError}.
 *
 * @param read - Reads the body of a successful response.
 * @param addValue - Adds a value to the report that the hooks receive. Without it they receive no usage.
 */
export function call$<T>(
  config: ChatConfig,
  call: Call,
  read: ReadBody<T>,
  addValue?: AddValue<T>,
): Observable<T> {
  const { transport = fetchTransport({ fetch: config.fetch }), gate, profile } = config;
  const accepted: Call = { ...call, fields: call.fields && acceptedFields(call.fields, profile) };
  const hooks = hooksOf(config, accepted);
  const { limits, timeouts } = settingsOf(config);
  const { head, total, scheduler = asyncScheduler } = timeouts;
  const report = new CallReport(hooks, scheduler);
  const isStreamed = call.accept === 'text/event-stream';

  const send = (key: string | undefined, sent: Call): Observable<T> => {
    let failure: ChatError | undefined;
    const request = encodeRequest(config, sent, key, isStreamed ? () => failure : undefined);
    if (profile !== undefined) {
      for (const field of ignoredFields(sent.fields ?? {}, profile)) hooks.onIgnored?.(field, profile);
      for (const field of removedFields(call.fields ?? {}, profile)) hooks.onRemovedField?.(field, profile);
    }
    const redact = redactorOf(request);
    const now = clockOf(scheduler);
    const waits = new RequestWaits(timeouts, isStreamed, { scheduler, now, gate });
    const onFirst = (): void => waits.onFirst();
    const { idle, activity, grace } = timeouts;
    // Without a spread: V8 of Node 20 adds fields to a plain copy 20 times slower.
    const context = { scheduler, now, gate, idle, activity, grace, limits, redact, onFirst };
    const url = addressAt(transport, request.url);
    hooks.onRequest?.({ method: request.method, url: publicUrl(url) });

    const readBody = (responseHead: ResponseHead): OperatorFunction<Bytes, T> => {
      waits.onHead();
      report.addHead(responseHead, redact);
      return isSuccess(responseHead)
        ? read(responseHead, context, sent.fields ?? {})
        : failWithStatus(responseHead, context);
    };

    return defer(() => transport(request)).pipe(
      readResponse(readBody, () => waits.hasFirst),
      waits.limit(),
      catchError((error: unknown) => {
        if (!isChatError(error)) throw error;
        failure = error;
        // Before the hint too, which would hide where a text was cut inside a secret.
        throw redactError(withHint(redactError(error, redact), { ...request, url }), redact);
      }),
    );
  };

  return withKey(config.apiKey, after$('head', head, scheduler, keyMissing(head)), (key) =>
    sendAccepted((sent) => send(key, sent), accepted, config.refusedFields, hooks),
  ).pipe(
    failAfter('total', total, scheduler),
    config.signal ? takeUntil(abortedBy(config.signal)) : identity,
    tapHooks(hooks, report, addValue),
  );
}

const keyMissing = (ms: number): string =>
  `apiKey returned no key within ${ms} ms: raise the timeout \`head\``;
