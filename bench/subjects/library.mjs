import { concatMap, EMPTY, from, lastValueFrom } from 'rxjs';

import * as built from './built.mjs';
import { messages, model } from './request.mjs';
import { textOf } from './textOf.mjs';

const {
  accumulateCompletion,
  accumulateContent,
  accumulateToolCalls,
  chatCompletion$,
  concatMapGated,
  ReadGate,
  toAsyncIterable,
  toChatState,
} = built;

const chunk$ = ({ baseURL, fetch }, gate) => chatCompletion$({ baseURL, fetch, gate }, { model, messages });

/** Passes the text of a `Right` to the sink. A `Left` is not passed, so the sink reports a wrong count. */
const take = (decoded, sink) => (decoded._tag === 'Right' ? sink.add(textOf(decoded.right)) : undefined);

const folded = (fold, read) => async (server, sink) =>
  sink.end(read(await lastValueFrom(chunk$(server).pipe(fold()))));

export const tasks = {
  library: {
    chunks: (server, sink) =>
      new Promise((resolve, reject) => {
        chunk$(server).subscribe({
          next: (decoded) => take(decoded, sink),
          error: reject,
          complete: resolve,
        });
      }),
    text: folded(accumulateContent, (text) => text),
    completion: folded(accumulateCompletion, ({ choices }) => choices[0].message.content),
    state: folded(toChatState, ({ content }) => content),
    toolCall: folded(accumulateToolCalls, ([call]) => call.arguments),
  },

  // Waits inside an operator, while RxJS buffers chunks.
  'library-concatMap': {
    chunks: (server, sink) =>
      lastValueFrom(
        chunk$(server).pipe(
          concatMap((decoded) => {
            const pause = take(decoded, sink);
            return pause === undefined ? EMPTY : from(pause);
          }),
        ),
        { defaultValue: undefined },
      ),
  },

  // Waits inside an operator that pauses reading.
  'library-concatMapGated': {
    chunks: (server, sink) => {
      const gate = new ReadGate();
      const work = (decoded) => take(decoded, sink) ?? EMPTY;
      return lastValueFrom(chunk$(server, gate).pipe(concatMapGated(work, gate)), {
        defaultValue: undefined,
      });
    },
  },

  // Requests the next chunk after processing the last.
  'library-pull': {
    async chunks(server, sink) {
      const gate = new ReadGate();
      for await (const decoded of toAsyncIterable(chunk$(server, gate), gate)) {
        const pause = take(decoded, sink);
        if (pause !== undefined) await pause;
      }
    },
  },
};
