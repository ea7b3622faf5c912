import { from, lastValueFrom, type Subscription } from 'rxjs';
import type { LogEnd, StreamLog } from 'rxjs-chat-completions/relay';
import { redisLog } from 'rxjs-chat-completions/relay/redis';

import { until } from '../../helpers/until';

/** The arguments of an EVAL before those of its script: the command, the script, the number of keys and the keys. */
const KEYS = 5;

/** Returns a log whose Redis makes each claim the writer, never replies to an append, and the tokens of its commands. */
function silentLog(): { readonly log: StreamLog; readonly claims: string[]; readonly appends: string[] } {
  const claims: string[] = [];
  const appends: string[] = [];
  const log = redisLog(
    {
      sendCommand: ([, script = '', , ...rest]) => {
        const token = rest[KEYS] ?? '';
        if (script.includes('XADD')) {
          appends.push(token);
          return new Promise(() => undefined);
        }
        claims.push(token);
        return Promise.resolve([1]);
      },
    },
    { sendCommand: () => new Promise(() => undefined) },
    { commandMs: 60_000 },
  );
  return { log, claims, appends };
}

const claim = (log: StreamLog): Promise<unknown> => lastValueFrom(from(log.claim('a', 0)));
const append = (log: StreamLog, end?: LogEnd): Subscription =>
  from(log.append('a', 0, ['x'], end)).subscribe();

it('keeps the token of a claim that follows a withdrawal without a reply', async () => {
  const { log, claims, appends } = silentLog();
  await claim(log);
  const withdrawal = append(log, 'withdrawn');
  await claim(log);
  withdrawal.unsubscribe();
  append(log).unsubscribe();
  await until(() => appends.length === 2);
  expect(appends).toEqual(claims);
});

it('forgets the token of an append that was given up', async () => {
  const { log, appends } = silentLog();
  await claim(log);
  append(log).unsubscribe();
  append(log).unsubscribe();
  await until(() => appends.length === 2);
  expect(appends[1]).toBe('');
});
