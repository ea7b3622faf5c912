import { lastValueFrom, toArray } from 'rxjs';
import { accumulateCompletion, chatCompletion$, toEither, type ChatConfig } from 'rxjs-chat-completions';
import { relay } from 'rxjs-chat-completions/relay';

import { played, recordings } from '../helpers/recordings';
import { question, through } from './relayOf';

/** The last completion, and the error if there is one. */
const read = async (
  config: ChatConfig,
): Promise<readonly [completion: unknown, failed: string | undefined]> => {
  const all = await lastValueFrom(
    chatCompletion$(config, question).pipe(accumulateCompletion(), toEither(), toArray()),
  );
  const last = all.at(-1);
  return last?._tag === 'Left' ? [all.at(-2), last.left._tag] : [last, undefined];
};

const relayed = (config: ChatConfig): ChatConfig =>
  through(
    relay({
      answer: ({ request, gate }) => chatCompletion$({ ...config, gate }, request),
      authorize: () => 'anna',
      allow: { models: ['small'] },
    }),
  );

describe('a recording through a relay', () => {
  it.each(recordings.map((recording) => [recording.name, recording] as const))(
    'folds as it does without: %s',
    async (_, recording) => {
      const config: ChatConfig = { transport: () => played(recording, 700), timeouts: { grace: 0 } };
      const [completion, error] = await read(config);
      const [throughRelay, errorThroughRelay] = await read(relayed(config));
      expect(throughRelay).toEqual(completion);
      expect(errorThroughRelay === undefined).toBe(error === undefined);
    },
  );
});
