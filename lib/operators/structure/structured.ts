import type * as t from 'io-ts';
import {
  catchError,
  concat,
  defer,
  map,
  of,
  takeWhile,
  throwError,
  type ObservableInput,
  type OperatorFunction,
} from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Decoded } from '../../decode/decode';
import { whenChanged } from '../../rx/whenChanged';
import { outputFormat, type Extract } from '../../schema/OutputReader';
import { requireCodec } from '../../schema/requireCodec';
import type { FoldOptions } from '../accumulate/FoldOptions';
import { unwrap } from '../either/unwrap';
import { addChunk, begin, ended, failedEarly, shown, type Structured } from './progress';
import { repaired$ } from './repaired';

/** Options for {@link structured}. */
export interface StructuredOptions extends FoldOptions {
  /**
   * Location of the JSON. `'lenient'`, the default, finds it in a fence or after prose, ignores the text after it, and also parses
   * JSON inside a JSON string. A value that does not fit is replaced by a later one, unless that is empty. `'bare'` parses the
   * complete text.
   */
  readonly extract?: Extract;
  /**
   * Converts a text that is not JSON to JSON, as `jsonrepair` does. Called at most once, at the end, without the prose before the
   * text and the fence around it, and never for an answer that was cut off. The result may also be a Promise or an Observable; its
   * first value counts, and a failure is the `cause` of `BadJson`.
   */
  readonly repair?: (text: string) => string | ObservableInput<string>;
  /** Whether to end at the first issue, which aborts the request. Default false. */
  readonly failFast?: boolean;
}

/**
 * Reads an answer as the JSON of a codec while the model writes it.
 *
 * `partial` grows with the answer and always fits its type: plain strings grow, numbers, enums and brands appear once they are
 * complete, and values that do not fit are left out. Snapshots are immutable and share their closed parts. Each chunk with
 * something new causes one. A list of thousands of items has fewer, so that reading takes linear time.
 *
 * The last value has the `result`: the decoded value, or the error.
 *
 * | the answer | `result` |
 * | --- | --- |
 * | its JSON closes and fits, whatever the finish reason | `Right` |
 * | its JSON closes and does not fit | `SchemaMismatch` |
 * | is a refusal | `RefusalError` |
 * | is cut off (`length`, `content_filter`, …), or stopped by a `takeUntil` above | `CutOffError` |
 * | ends otherwise, without complete JSON | `BadJson` |
 *
 * ```text
 * source:             -{-n-b-}-f|      { = '{"name":"', n = 'Ada"', b = ',"born":1815', } = '}', f = finish reason
 * structured(Person): -w-x---y--(z|)   w = { name: '' }, x = { name: 'Ada' }, y and z = { name: 'Ada', born: 1815 }
 * ```
 *
 * @param codec - The codec of the value. {@link responseFormatOf} requests it from the model.
 * @param options - The choice to follow, the policy for chunks that do not decode, the location and repair of the JSON, and
 * whether to end at the first issue.
 * @returns An operator that emits at least once, and last with a `result`. Passes on errors of the source, after a state with
 * everything read. With the default policy, errors with `ChunkFailed` at a chunk that does not decode.
 * @throws RequestError if the codec is something else.
 *
 * @example
 * ```ts
 * import { match } from 'fp-ts/Either';
 * import * as t from 'io-ts';
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { responseFormatOf, structured } from 'rxjs-chat-completions/structured';
 * import { scriptedTransport } from 'rxjs-chat-completions/testing';
 *
 * const Person = t.type({ name: t.string, born: t.Int }, 'Person');
 * const transport = scriptedTransport('{"name":"Ada Lovelace","born":1815}'); // yours is a server
 *
 * chatCompletion$(
 *   { transport },
 *   {
 *     model: 'llama3.2',
 *     messages: [{ role: 'user', content: 'Ada Lovelace, as JSON with name and year of birth.' }],
 *     response_format: responseFormatOf(Person),
 *   },
 * )
 *   .pipe(structured(Person))
 *   .subscribe(({ partial, result }) => {
 *     console.log(partial?.name);
 *     if (result === null) return;
 *     match(
 *       (error: Error) => console.warn(error.message),
 *       ({ born }: t.TypeOf<typeof Person>) => console.assert(born === 1815),
 *     )(result);
 *   });
 * ```
 */
export function structured<A, O>(
  codec: t.Type<A, O>,
  { choice, onChunkError = 'fail', extract, repair, failFast = false }: StructuredOptions = {},
): OperatorFunction<Decoded<ChatCompletionChunk>, Structured<A, O>> {
  requireCodec(codec);
  const format = outputFormat(codec, extract);
  return (decoded$) =>
    defer(() => {
      let progress = begin<A, O>(format);
      const state$ = decoded$.pipe(
        unwrap(onChunkError),
        map((chunk: ChatCompletionChunk) => {
          progress = addChunk(progress, chunk, format, { choice });
          return failFast ? failedEarly(progress) : progress.state;
        }),
        // Chunks since the last snapshot may not be in the state yet.
        catchError((error: unknown) =>
          concat(
            of(shown(progress)),
            throwError(() => error),
          ),
        ),
        whenChanged(progress.state),
      );
      const end$ = defer(() => {
        const end = ended(progress);
        return repair !== undefined && isBadJson(end.result) ? repaired$(progress, repair) : of(end);
      });
      return concat(state$, end$).pipe(takeWhile(({ result }) => result === null, true));
    });
}

const isBadJson = (result: Structured<unknown>['result']): boolean =>
  result?._tag === 'Left' && result.left._tag === 'BadJson';
