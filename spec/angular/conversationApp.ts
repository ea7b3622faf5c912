import { appOf } from './injector';

import * as t from 'io-ts';
import { TestScheduler } from 'rxjs/testing';

import {
  injectConversation,
  provideChatCompletions,
  withRetry,
  type ConversationOptions,
} from '../../lib/angular';
import { scriptedTransport, type Script } from '../../lib/testing';
import { tool } from '../../lib/tools/tool';

export const weather = tool({
  name: 'weather',
  input: t.type({ city: t.string }),
  run: ({ city }) => `4 in ${city}`,
});

/** A scripted model with a pause before each delta. */
export const slow = (script: Script) => scriptedTransport(script, { delayMs: 100 });

/** Runs a conversation with a scripted model in virtual time; `at` checks it after a time in milliseconds. */
export function conversation(
  script: Script,
  inside: (
    chat: ReturnType<typeof injectConversation>,
    at: (ms: number, look: () => void) => void,
    more: { transport: ReturnType<typeof slow>; destroy: () => void },
  ) => void,
  options: Partial<ConversationOptions> = {},
  platform: 'browser' | 'server' = 'browser',
): void {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  let looked = 0;
  let looks = 0;
  scheduler.run(() => {
    const transport = slow(script);
    const app = appOf([provideChatCompletions({ transport }, withRetry({ policy: () => 1_000 }))], platform);
    const chat = app.run(() => injectConversation({ request: { model: 'any' }, ...options }));
    const at = (ms: number, look: () => void): void => {
      looks += 1;
      scheduler.schedule(() => {
        look();
        looked += 1;
      }, ms);
    };
    inside(chat, at, { transport, destroy: app.destroy });
  });
  expect(looked).toBe(looks);
}
