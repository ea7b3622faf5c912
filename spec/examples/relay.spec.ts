import { firstValueFrom, Subscription, type Observable } from 'rxjs';
import {
  accumulateContent,
  chatCompletion$,
  retryChat,
  toChatState,
  TruncatedError,
  type ChatCompletionChunk,
  type ChatConfig,
  type ChatState,
  type Decoded,
} from 'rxjs-chat-completions';
import { resumable, resume$ } from 'rxjs-chat-completions/resume';

import { bundled } from '../helpers/bundled';
import { startExampleRelay, type ExampleRelay } from '../helpers/exampleRelay';
import { hasRedis } from '../helpers/redisServer';
import { until } from '../helpers/until';

/** A process that was killed is started again, which takes long on a busy machine. */
const PATIENT = { count: 1_000, policy: () => 200 };
jest.setTimeout(240_000);

/** Each start, also of the processes that the specs kill, is of one script. */
const program = bundled('examples/relay/main.ts');

describe('the example of a relay', () => {
  const story = { model: 'story', messages: [{ role: 'user', content: 'A long story' }] } as const;

  describe('without Redis', () => {
    it('has one process and its memory, and reports it', async () => {
      // No redis-server is on this path.
      const { banner, url, stop } = await startExampleRelay({ PATH: __dirname });
      try {
        expect(banner).toContain(
          'one process and its memory (no REDIS_URL is set, and no redis-server is on the path)',
        );
        const config = { baseURL: `${url}/api`, headers: { 'idempotency-key': 'm' } };
        const text$ = chatCompletion$(config, story).pipe(accumulateContent());
        expect(await firstValueFrom(text$)).toMatch(/^1\. /);
        expect(await firstValueFrom(resume$(config, 'm').pipe(accumulateContent()))).toMatch(/^1\. /);
      } finally {
        await stop();
      }
    });

    it('has a page whose script has the client and no relay', async () => {
      const { url, stop } = await startExampleRelay({ PATH: __dirname }, program());
      try {
        expect(await (await fetch(url)).text()).toContain('<meta name="model" content="story" />');
        const page = await (await fetch(`${url}/page.js`)).text();
        expect(page).toContain('last-event-id');
        expect(page).not.toMatch(/XADD|log_unavailable"|createServer|www-authenticate/);
      } finally {
        await stop();
      }
    });
  });

  (hasRedis ? describe : describe.skip)('with Redis (skipped without a redis-server on the path)', () => {
    let url: string;
    let example: ExampleRelay;
    const subscriptions = new Subscription();
    beforeAll(async () => {
      example = await startExampleRelay({}, program());
      ({ url } = example);
      expect(example.banner).toContain('two processes and a redis-server on port');
    });
    afterAll(async () => {
      subscriptions.unsubscribe();
      await example.stop();
    });

    /** A tab of a browser: its state so far, and the process that serves it. */
    class Tab {
      state: ChatState | undefined;
      process: string | undefined;
      readonly subscription: Subscription;

      constructor(
        chunk$: (config: ChatConfig) => Observable<Decoded<ChatCompletionChunk>>,
        id: string,
        leave = true,
      ) {
        const config: ChatConfig = {
          baseURL: `${url}/api`,
          headers: { 'idempotency-key': id },
          transport: resumable(undefined, { leave, ...PATIENT }),
          hooks: { onHead: ({ headers }) => (this.process = headers['x-process']) },
        };
        this.subscription = chunk$(config)
          .pipe(toChatState())
          .subscribe((state) => (this.state = state));
        subscriptions.add(this.subscription);
      }

      has(text: string): Promise<void> {
        return until(() => this.state?.content.includes(text));
      }
    }

    const start = (id: string): Tab =>
      new Tab((config) => chatCompletion$(config, story).pipe(retryChat(PATIENT)), id);
    const join = (id: string, leave = true): Tab => new Tab((config) => resume$(config, id), id, leave);
    const kill = async (process: string | undefined): Promise<void> => {
      expect((await fetch(`${url}/kill/${process}`, { method: 'POST' })).status).toBe(204);
    };

    it('survives a reload, and has the same text in a second tab', async () => {
      const first = start('reload');
      await first.has('3. ');
      first.subscription.unsubscribe();
      const [reloaded, second] = [join('reload'), join('reload')];
      await Promise.all([reloaded.has('8. '), second.has('8. ')]);
      expect(reloaded.state?.content).toMatch(/^1\. The answer goes on, .* 2\. .* 3\. .* 8\. /);
    });

    it('survives the death of a process that only reads', async () => {
      const writer = start('death');
      await writer.has('2. ');
      let reader = join('death');
      await reader.has('2. ');
      while (reader.process === writer.process) {
        reader.subscription.unsubscribe();
        reader = join('death');
        await reader.has('2. ');
      }
      await kill(reader.process);
      const before = reader.state?.content ?? '';
      await until(() => (reader.state?.content.length ?? 0) > before.length + 300);
      expect(reader.state?.content.startsWith(before)).toBe(true);
      expect(reader.state?.status).toBe('streaming');
    });

    it('reports to all readers that the process which wrote the answer was killed', async () => {
      const writer = start('killed');
      const reader = join('killed');
      await until(() => (writer.state?.content ?? '') !== '');
      const id = 'killed';
      const late = join(id);
      await late.has('3. ');
      await kill(writer.process);
      await until(() => late.state?.status === 'failed' && writer.state?.status === 'failed');
      expect(late.state?.error).toEqual(
        new TruncatedError('the process that wrote the answer has ended: send the request again'),
      );
      expect(writer.state?.error).toEqual(late.state?.error);
      expect(late.state?.content).toContain('3. ');
      reader.subscription.unsubscribe();
    });

    it('stops for all readers when one tab stops', async () => {
      const first = start('stop');
      await first.has('2. ');
      const second = join('stop', false);
      await second.has('2. ');
      second.subscription.unsubscribe();
      await until(() => first.state?.status === 'done');
      expect(first.state).toMatchObject({ finishReason: 'stop', error: null });
      expect(first.state?.content).not.toContain('400. ');
    });
  });
});
