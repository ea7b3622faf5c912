import { right } from 'fp-ts/Either';
import { pipe, type OperatorFunction } from 'rxjs';

import { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import { concatItems } from '../rx/concatItems';
import type { Bytes, ResponseHead } from '../transport/transport';
import { ChoiceReader } from './ChoiceReader';
import { Ending } from './Ending';
import type { ExpectedAnswer } from './ExpectedAnswer';
import { Failure } from './payload';
import { mediaTypeOf } from './mediaType';
import { readByKind } from './readByKind';
import type { ResponseContext } from './ResponseContext';
import { errorBesideChoices } from './errors/serverError';
import { toChunks } from './toChunks';
import { failUnexpectedBody, parseBody } from './toJson';

type Chunk = Decoded<ChatCompletionChunk>;

/** Reads the body of a streamed chat completion, whatever the server sends in its place. */
export const readChunks = (
  head: ResponseHead,
  context: ResponseContext,
  expected: ExpectedAnswer,
): OperatorFunction<Bytes, Chunk> =>
  readByKind<Chunk>(head, (kind) => {
    switch (kind) {
      case 'events':
        return toChunks(context, expected);
      case 'json':
        return pipe(parseBody(ChatCompletion, context), toOneChunk(expected));
      case 'other':
        return failUnexpectedBody(mediaTypeOf(head), context);
    }
  });

/** Emits a completion as one chunk: some servers do not stream, some not with tools. */
const toOneChunk = ({ isOne }: ExpectedAnswer): OperatorFunction<ChatCompletion, Chunk> =>
  concatItems<ChatCompletion, Chunk>((completion) => {
    const ending = new Ending();
    const chunk = new ChoiceReader(isOne).read(completion);
    const error = errorBesideChoices(chunk);
    const payload = error === undefined ? right(chunk) : new Failure(error, chunk);
    return [...ending.add(payload), ...ending.end(true)];
  });
