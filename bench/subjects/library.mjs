import { concatMap, EMPTY, from, lastValueFrom, of } from 'rxjs';

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

const answer$ = of(
  { status: 200, headers: { 'content-type': 'text/event-stream' } },
  new TextEncoder().encode(
    'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
  ),
);

const chunk$ = ({ baseURL, fetch }, gate) => chatCompletion$({ baseURL, fetch, gate }, { model, messages });

/** Passes the text of a `Right` to the sink. A `Left` is not passed, so the sink reports a wrong count. */
const take = (decoded, sink) => (decoded._tag === 'Right' ? sink.add(textOf(decoded.right)) : undefined);

const read = (chunk$, sink) =>
  new Promise((resolve, reject) => {
    chunk$.subscribe({ next: (decoded) => take(decoded, sink), error: reject, complete: resolve });
  });

/** One transport for all calls of a process. Its module is loaded by the subject that uses it. */
let nodeTransport;
const loadNodeTransport = () => import('../../dist/node/index.js').then((node) => node.nodeTransport());

const folded = (fold, read) => async (server, sink) =>
  sink.end(read(await lastValueFrom(chunk$(server).pipe(fold()))));

export const tasks = {
  library: {
    chunks: (server, sink) => read(chunk$(server), sink),
    // The fixed cost of a call: a transport that has the response at once.
    scripted: () =>
      read(chatCompletion$({ transport: () => answer$ }, { model, messages }), { add: () => undefined }),
    text: folded(accumulateContent, (text) => text),
    completion: folded(accumulateCompletion, ({ choices }) => choices[0].message.content),
    state: folded(toChatState, ({ content }) => content),
    toolCall: folded(accumulateToolCalls, ([call]) => call.arguments),
  },

  // Sends with node:http in place of fetch.
  'library-node': {
    chunks: async ({ baseURL }, sink) => {
      const transport = await (nodeTransport ??= loadNodeTransport());
      await read(chatCompletion$({ baseURL, transport }, { model, messages }), sink);
    },
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
