import { right } from 'fp-ts/Either';
import {
  asyncScheduler,
  concat,
  defer,
  EMPTY,
  lastValueFrom,
  mergeMap,
  NEVER,
  of,
  Subject,
  throwError,
  timer,
  VirtualTimeScheduler,
} from 'rxjs';
import {
  accumulateContent,
  chatCompletion$,
  ConnectionError,
  fetchTransport,
  retryChat,
  ServerError,
} from 'rxjs-chat-completions';
import { LogError, memoryLog, relay, resumeFrom, type StreamLog } from 'rxjs-chat-completions/relay';
import { resumable, resume$ } from 'rxjs-chat-completions/resume';
import { finishChunk, textChunk } from 'rxjs-chat-completions/testing';

import { httpError } from '../../helpers/httpError';
import { until } from '../../helpers/until';
import { post, question, through } from '../relayOf';
import { BodyReader, deleteOf, endAnswers, eventsIn, getFrom, postWith, resumableRelay } from './answers';

const DONE = '[DONE]';

/** The log of memory, but for some functions. */
const logWith = (changes: Partial<StreamLog>): StreamLog => ({ ...memoryLog(), ...changes });

/** RxJS's `asyncScheduler` with another clock, so that no order depends on the speed of the machine. */
const schedulerAt = (now: () => number): typeof asyncScheduler =>
  Object.assign(Object.create(asyncScheduler) as typeof asyncScheduler, { now });

/** Executes what is due until a time. */
const flushUntil = (scheduler: VirtualTimeScheduler, ms: number): void => {
  scheduler.maxFrames = ms;
  scheduler.flush();
};

const codeOf = async (response: Response): Promise<unknown> =>
  ((await response.json()) as { error: { code: unknown } }).error.code;

const thrower = (): never => {
  throw new Error('the report failed');
};

describe('a relay with a log', () => {
  afterEach(endAnswers);
  /** Starts an answer, and reads it. */
  async function start(
    key: string,
    { log = memoryLog(), ...options }: { log?: StreamLog } & Parameters<typeof resumableRelay>[1] = {},
  ) {
    const running = resumableRelay(log, options);
    const pending = running.handler(postWith(key));
    await until(() => running.calls.length === 1);
    const call = running.calls[0]!;
    call.write('a');
    const response = await pending;
    return { ...running, call, response, reader: new BodyReader(response) };
  }

  it('numbers the events, and names the stream', async () => {
    const { call, response, reader } = await start('m42');
    call.write('b');
    call.finish();
    await until(() => reader.isOver);
    expect(response.headers.get('x-stream-id')).toBe('m42');
    expect(reader.events).toEqual({ text: 'ab', ids: '1 2 3 4', last: DONE });
  });

  it('does not keep an answer without a key', async () => {
    const log = logWith({ claim: () => throwError(() => new Error('not called')) });
    const { handler, calls, logErrors } = resumableRelay(log);
    const pending = handler(post());
    await until(() => calls.length === 1);
    calls[0]!.write('a');
    const response = await pending;
    const reader = new BodyReader(response);
    expect(response.headers.get('x-stream-id')).toBeNull();
    await reader.leave();
    await until(() => !calls[0]!.isRunning);
    expect(logErrors).toEqual([]);
  });

  it('continues an answer whose reader has left, for the next one', async () => {
    const { call, reader, handler } = await start('m42');
    await until(() => reader.body !== '');
    await reader.leave();
    call.write('b', 'c');
    const again = new BodyReader(await handler(getFrom('m42', 1)));
    await until(() => again.events.text === 'bc');
    call.write('d');
    call.finish();
    await until(() => again.isOver);
    expect(again.events).toEqual({ text: 'bcd', ids: '2 3 4 5 6', last: DONE });
    expect(eventsIn(await (await handler(getFrom('m42'))).text()).text).toBe('abcd');
  });

  it('stops an answer that nothing reads for a time', async () => {
    const { call, reader, handler } = await start('m42', { orphanMs: 100 });
    await reader.leave();
    await until(() => !call.isRunning);
    const late = await (await handler(getFrom('m42'))).text();
    expect(late).toContain('"finish_reason":"stop"}],"stopped":true}');
    expect(eventsIn(late)).toMatchObject({ text: 'a', last: DONE });
  });

  it('does not stop an answer while its first reader reads, or another one', async () => {
    const { call, reader, handler } = await start('m42', { orphanMs: 50 });
    await new Promise((resolve) => setTimeout(resolve, 150));
    const second = new BodyReader(await handler(getFrom('m42')));
    await reader.leave();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(call.isRunning).toBe(true);
    await second.leave();
    await until(() => !call.isRunning);
  });

  it('stops an answer for all its readers at a DELETE', async () => {
    const { call, reader, handler } = await start('m42');
    const second = new BodyReader(await handler(getFrom('m42')));
    const response = await handler(deleteOf('m42'));
    expect([response.status, await response.text()]).toEqual([204, '']);
    await until(() => reader.isOver && second.isOver);
    expect(call.isRunning).toBe(false);
    expect(reader.body).toContain('"finish_reason":"stop"}],"stopped":true}');
    expect([reader.events.last, second.events]).toEqual([DONE, reader.events]);
    expect((await handler(deleteOf('m42'))).status).toBe(204);
  });

  it('stops an answer at a DELETE that overtakes the authorization of its POST', async () => {
    let authorize = (): void => undefined;
    const authorized = new Promise<void>((resolve) => (authorize = resolve));
    const scheduler = schedulerAt(() => 0);
    const { handler, calls } = resumableRelay(memoryLog({ scheduler }), {
      scheduler,
      authorize: ({ method }) => (method === 'POST' ? authorized.then(() => 'anna') : 'anna'),
    });
    const pending = handler(postWith('m42'));
    const others = [handler(postWith('m43'))];
    expect((await handler(deleteOf('m42'))).status).toBe(404);
    authorize();
    const events = eventsIn(await (await pending).text());
    expect(events).toMatchObject({ text: '', ids: '1 2', last: DONE });
    await until(() => calls.length === 1);
    calls[0]!.write('a');
    calls[0]!.finish();
    expect(eventsIn(await (await others[0]!).text()).text).toBe('a');
  });

  it('stops an answer at a DELETE that overtakes the late start of its POST', async () => {
    let time = 0;
    const scheduler = schedulerAt(() => time);
    const resume = resumeFrom(memoryLog({ scheduler }));
    const ready$ = new Subject<void>();
    const handler = relay({
      answer: () => of(right(textChunk('a')), right(finishChunk('stop'))),
      authorize: () => 'anna',
      allow: { models: ['small'] },
      resume: { ...resume, start: (...args) => ready$.pipe(mergeMap(() => resume.start(...args))) },
      scheduler,
    });
    const pending = handler(postWith('m42'));
    await until(() => ready$.observed);
    expect((await handler(deleteOf('m42'))).status).toBe(404);
    time = 100;
    ready$.next();
    expect(eventsIn(await (await pending).text())).toMatchObject({ text: '', last: DONE });
  });

  it('answers a POST that arrives after a DELETE of its id', async () => {
    const { handler, calls } = resumableRelay(memoryLog());
    await handler(deleteOf('m42'));
    const stoppedAt = Date.now();
    await until(() => Date.now() > stoppedAt);
    const pending = handler(postWith('m42'));
    await until(() => calls.length === 1);
    calls[0]!.write('a');
    calls[0]!.finish();
    expect(eventsIn(await (await pending).text()).text).toBe('a');
  });

  it('answers two requests with one key once', async () => {
    const { call, calls, reader, handler } = await start('m42');
    const second = new BodyReader(await handler(postWith('m42')));
    call.write('b');
    call.finish();
    await until(() => reader.isOver && second.isOver);
    const third = await (await handler(postWith('m42'))).text();
    expect([second.body, third]).toEqual([reader.body, reader.body]);
    expect(calls).toHaveLength(1);
  });

  it('answers the same request once, whatever the order of its fields', async () => {
    const { call, calls, reader, handler } = await start('m42');
    const { model, messages } = question;
    const reordered = messages.map((message) => Object.fromEntries(Object.entries(message).reverse()));
    const body = JSON.stringify({ messages: reordered, stream: true, model });
    const second = new BodyReader(await handler(new Request(postWith('m42'), { body })));
    call.finish();
    await until(() => reader.isOver && second.isOver);
    expect(second.body).toBe(reader.body);
    expect(calls).toHaveLength(1);
  });

  it('refuses another request with the same key, and not one of another user', async () => {
    const { call, calls, reader, handler } = await start('m42');
    const other = (headers = {}): Request =>
      new Request(postWith('m42', undefined, headers), {
        body: JSON.stringify({ model: 'small', stream: true, messages: [{ role: 'user', content: 'Bye' }] }),
      });
    const refused = await handler(other());
    const { error } = (await refused.json()) as { error: { code: string } };
    expect([refused.status, error.code]).toEqual([422, 'reused_idempotency_key']);
    const ofAnother = handler(other({ user: 'bert' }));
    await until(() => calls.length === 2);
    call.write('b');
    for (const each of calls) each.finish();
    await until(() => reader.isOver);
    expect(reader.events.text).toBe('ab');
    expect((await ofAnother).status).toBe(200);
    expect((await handler(other())).status).toBe(422);
  });

  it('withdraws the claim when the model refuses before its first output', async () => {
    const { handler, calls } = resumableRelay(memoryLog());
    const error = httpError({ status: 429, serverMessage: 'slow down', retryAfterMs: 10, retryable: true });
    const config = { ...through(handler), headers: { 'idempotency-key': 'm42' } };
    const text = lastValueFrom(chatCompletion$(config, question).pipe(retryChat(), accumulateContent()));
    await until(() => calls.length === 1);
    calls[0]!.fail(error);
    await until(() => calls.length === 2);
    calls[1]!.write('at last');
    calls[1]!.finish();
    expect(await text).toBe('at last');
  });

  it('requests a retry from a second reader of a withdrawn claim', async () => {
    const log = memoryLog();
    let readers = 0;
    const { handler, calls } = resumableRelay({
      ...log,
      read$: (id, after) => {
        readers += 1;
        return log.read$(id, after);
      },
    });
    const first = handler(postWith('m42'));
    await until(() => calls.length === 1);
    const second = handler(postWith('m42'));
    await until(() => readers === 1);
    calls[0]!.fail(new Error('broken'));
    expect((await first).status).toBe(500);
    const response = await second;
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await codeOf(response)).toBe('withdrawn');
  });

  it.each([
    ['whose writer is lost', new LogError('Orphaned'), 502, 'orphaned'],
    ['that was withdrawn before', new LogError('UnknownStream'), 503, 'withdrawn'],
  ])('responds to a second reader of a claim %s', async (_, error, status, code) => {
    const log = logWith({ claim: () => of('reader'), read$: () => throwError(() => error) });
    const response = await resumableRelay(log).handler(postWith('m42'));
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
  });

  it('passes on a failure after output, and keeps it', async () => {
    const { call, reader, handler } = await start('m42');
    call.fail(new ServerError({ serverMessage: 'x', code: 502, retryable: true }));
    await until(() => reader.isOver);
    expect(reader.events.last).toContain('"type":"ServerError"');
    expect(eventsIn(await (await handler(getFrom('m42'))).text())).toEqual(reader.events);
  });

  it.each([
    ['throws', thrower],
    ['rejects', () => Promise.reject(new Error('the report failed'))],
  ])('has the same failure for all readers if its report %s', async (_, onError) => {
    const { call, reader, handler } = await start('m42', { onError });
    call.fail(new ConnectionError('refused', 'connect'));
    await until(() => reader.isOver);
    expect(reader.events.last).toContain('"type":"ConnectionError"');
    expect(eventsIn(await (await handler(getFrom('m42'))).text())).toEqual(reader.events);
  });

  it.each([
    ['the end that was seen', 4, 204],
    ['a cursor beyond the end', 99, 204],
    ['a forged cursor', '1-1', 400],
    ['a negative cursor', '-1', 400],
    ['a cursor with a sign', '+1', 400],
    ['a cursor that is too long', '1'.repeat(16), 400],
    ['a cursor with a leading zero', '01', 400],
  ])('responds to %s', async (_, cursor, status) => {
    const { call, reader, handler } = await start('m42');
    call.write('b');
    call.finish();
    await until(() => reader.isOver);
    const response = await handler(getFrom('m42', cursor));
    expect(response.status).toBe(status);
    if (status === 204) expect(await response.text()).toBe('');
    else expect(await codeOf(response)).toBe('bad_cursor');
  });

  it('responds with 404 to an unknown stream, and to that of another user', async () => {
    const { handler, call } = await start('m42');
    for (const http of [
      getFrom('m43'),
      deleteOf('m43'),
      getFrom('m42', 0, { user: 'ben' }),
      deleteOf('m42', { user: 'ben' }),
    ]) {
      const response = await handler(http);
      expect([response.status, response.headers.get('x-should-retry')]).toEqual([404, 'false']);
      expect(await codeOf(response)).toBe('unknown_stream');
    }
    expect(call.isRunning).toBe(true);
  });

  it('is not suspected of another address by the error of resume$', async () => {
    const { handler } = resumableRelay(memoryLog());
    await expect(lastValueFrom(resume$(through(handler), 'm43'))).rejects.toMatchObject({
      status: 404,
      message: '404 there is no such answer, or its time is over: send the request again',
    });
  });

  it('does not mix up users and keys whose texts join to the same', async () => {
    const { handler, calls } = resumableRelay(memoryLog());
    void handler(postWith('b:c', {}, { user: 'a' }));
    void handler(postWith('c', {}, { user: 'a:b' }));
    void handler(postWith('","c', {}, { user: 'a' }));
    await until(() => calls.length === 3);
    expect(calls.every(({ isRunning }) => isRunning)).toBe(true);
  });

  it.each(['.', '..', '', 'x'.repeat(201)])('refuses the key %j', async (key) => {
    const response = await resumableRelay(memoryLog()).handler(postWith(key));
    expect([response.status, await codeOf(response)]).toEqual([400, 'bad_idempotency_key']);
  });

  it.each(['a/b', 'ä ö', '%2F', 'x'.repeat(200), '...', 'a?b#c'])('accepts the key %j', async (key) => {
    const { handler, reader } = await start(key);
    await until(() => reader.body !== '');
    expect((await handler(deleteOf(key))).status).toBe(204);
    expect(eventsIn(await (await handler(getFrom(key))).text()).text).toBe('a');
  });

  it('responds with 410 when the next events were removed', async () => {
    const { handler, call, reader } = await start('m42', { log: memoryLog({ maxSize: 500 }) });
    call.write('b'.repeat(400), 'c');
    call.finish();
    await until(() => reader.isOver);
    const response = await handler(getFrom('m42', 1));
    expect([response.status, await codeOf(response)]).toEqual([410, 'trimmed']);
    expect(eventsIn(await (await handler(getFrom('m42', 2))).text())).toMatchObject({
      text: 'c',
      last: DONE,
    });
  });

  it('responds with 404 when the time of an answer is over', async () => {
    const { handler, call, reader } = await start('m42', { log: memoryLog({ ttlMs: 0 }) });
    call.finish();
    await until(() => reader.isOver);
    expect((await handler(getFrom('m42'))).status).toBe(404);
  });

  describe('whose log is not available', () => {
    const away = { claim: () => throwError(() => new Error('ECONNREFUSED')) };

    it('answers a POST without it', async () => {
      const { response, reader, call, logErrors } = await start('m42', { log: logWith(away) });
      call.finish();
      await until(() => reader.isOver);
      expect(response.headers.get('x-stream-id')).toBeNull();
      expect(reader.events).toEqual({ text: 'a', ids: '', last: DONE });
      expect(logErrors).toEqual([new Error('ECONNREFUSED')]);
    });

    it('refuses a POST if it is required', async () => {
      const onError = jest.fn();
      const { handler, calls } = resumableRelay(logWith(away), { mode: 'required', onError });
      const http = postWith('m42');
      const response = await handler(http);
      expect([response.status, await codeOf(response), calls.length]).toEqual([503, 'log_unavailable', 0]);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(onError.mock.calls).toEqual([[new Error('ECONNREFUSED'), http]]);
    });

    it.each([
      ['an error', new Error('x')],
      ['an error of a later version', { _tag: 'LogError', reason: 'constructor' }],
    ])('refuses a GET and a DELETE after %s', async (_, error) => {
      const fails = { read$: () => throwError(() => error), stop: () => throwError(() => error) };
      const { handler } = resumableRelay(logWith(fails));
      for (const http of [getFrom('m42'), deleteOf('m42')]) expect((await handler(http)).status).toBe(503);
    });

    it('continues for the first reader when it fails in the middle', async () => {
      const log = logWith({ append: () => throwError(() => new Error('ECONNRESET')) });
      const { reader, call, logErrors } = await start('m42', { log });
      await until(() => logErrors.length === 1);
      call.write('b');
      call.finish();
      await until(() => reader.isOver);
      expect(reader.events).toMatchObject({ text: 'ab', last: DONE });
      expect(logErrors).toEqual([new Error('ECONNRESET')]);
    });

    it('continues for the first reader when it fails after a long event', async () => {
      const large = 'x'.repeat(50_000);
      const { reader, call, logErrors } = await start('m42', {
        log: logWith({ append: () => throwError(() => new Error('OOM')), read$: () => EMPTY }),
      });
      await until(() => reader.body !== '');
      call.write(large);
      await until(() => logErrors.length === 1);
      call.finish();
      await until(() => reader.isOver);
      expect(reader.events).toMatchObject({ text: `a${large}`, last: DONE });
    });

    it.each([
      ['after it failed', 1],
      ['before it fails', 0],
    ])('stops the model when its first reader leaves %s', async (_, errors) => {
      let fail = (): void => undefined;
      const log = logWith({
        append: () => new Promise((_resolve, reject) => (fail = () => reject(new Error('ECONNRESET')))),
      });
      const { reader, call, logErrors } = await start('m42', { log });
      if (errors === 1) fail();
      await until(() => logErrors.length === errors);
      await reader.leave();
      if (errors === 0) fail();
      await until(() => !call.isRunning);
    });
  });

  it('answers a POST without a log that does not reply within 10 s', async () => {
    const scheduler = new VirtualTimeScheduler(undefined, 10_000);
    const claim = jest.fn(() => NEVER);
    const { handler, calls, logErrors } = resumableRelay(logWith({ claim }), { scheduler });
    const pending = handler(postWith('m42'));
    await until(() => claim.mock.calls.length > 0);
    scheduler.flush();
    await until(() => calls.length === 1);
    expect(scheduler.now()).toBe(10_000);
    calls[0]!.write('a');
    calls[0]!.finish();
    expect((await pending).headers.get('x-stream-id')).toBeNull();
    expect(logErrors).toEqual([new Error('the log did not reply within 10000 ms: check its storage')]);
  });

  it('refuses a DELETE if its log does not reply within 10 s', async () => {
    const scheduler = new VirtualTimeScheduler(undefined, 10_000);
    const stop = jest.fn(() => NEVER);
    const { handler } = resumableRelay(logWith({ stop }), { scheduler });
    const pending = handler(deleteOf('m42'));
    await until(() => stop.mock.calls.length > 0);
    scheduler.flush();
    expect((await pending).status).toBe(503);
  });

  it('does without a log whose append does not end within a minute', async () => {
    const scheduler = new VirtualTimeScheduler();
    const append = jest.fn(() => NEVER);
    const options = { log: logWith({ append }), scheduler };
    const { call, reader, writing, logErrors } = await start('m42', options);
    call.finish();
    await until(() => reader.isOver);
    expect(reader.events).toMatchObject({ text: 'a', last: DONE });
    flushUntil(scheduler, 59_999);
    expect(writing).toEqual([0, 1]);
    flushUntil(scheduler, 60_000);
    expect(writing).toEqual([0, 1, 0]);
    expect(logErrors).toEqual([new Error('the log did not reply within 60000 ms: check its storage')]);
  });

  it('responds with the failure of the model if a log does not withdraw its claim within 10 s', async () => {
    const scheduler = new VirtualTimeScheduler();
    const append = jest.fn(() => NEVER);
    const { handler, calls } = resumableRelay(logWith({ append }), { scheduler });
    const pending = handler(postWith('m42'));
    await until(() => calls.length === 1);
    calls[0]!.fail(new ConnectionError('refused', 'connect'));
    flushUntil(scheduler, 10_000);
    expect((await pending).status).toBe(502);
  });

  it.each([
    ['the writer', (id: string) => postWith(id)],
    ['the log', (id: string) => getFrom(id)],
  ])('ends the response of %s to a client that reads nothing for 10 minutes', async (_, request) => {
    const scheduler = new VirtualTimeScheduler();
    const { handler, call } = await start('m42', { scheduler });
    const response = await handler(request('m42'));
    call.write('x'.repeat(50_000));
    flushUntil(scheduler, 599_999);
    call.write('b');
    flushUntil(scheduler, 700_000);
    expect(eventsIn(await response.text())).toMatchObject({ last: expect.stringContaining('xxx') as string });
  });

  it.each([
    ['append', { append: () => throwError(() => new Error('ECONNRESET')) }],
    ['lease', { lease$: () => timer(5).pipe(mergeMap(() => throwError(() => new Error('ECONNRESET')))) }],
  ])('continues for the first reader if the report of a failed %s throws or rejects', async (_, changes) => {
    for (const onLogError of [thrower, () => Promise.reject(new Error('the report failed'))]) {
      const { reader, call } = await start('m42', { log: logWith(changes), onLogError });
      call.write('b');
      call.finish();
      await until(() => reader.isOver);
      expect(reader.events).toMatchObject({ text: 'ab', last: '[DONE]' });
    }
  });

  it('reports an answer without a reader as written until the log has its end', async () => {
    const log = memoryLog();
    const end$ = new Subject<never>();
    const append: StreamLog['append'] = (id, after, events, end) =>
      concat(
        end === undefined ? EMPTY : end$,
        defer(() => log.append(id, after, events, end)),
      );
    const { call, reader, writing } = await start('m42', { log: { ...log, append } });
    await reader.leave();
    call.finish();
    expect(writing).toEqual([0, 1]);
    await until(() => end$.observed);
    expect(writing).toEqual([0, 1]);
    end$.complete();
    expect(writing).toEqual([0, 1, 0]);
  });

  it.each([
    ['fails', { append: () => throwError(() => new Error('ECONNRESET')) }],
    ['is lost', { lease$: () => timer(5).pipe(mergeMap(() => throwError(() => new LogError('LostLease')))) }],
  ])('does not report an answer as written after the log %s', async (_, changes) => {
    const { writing } = await start('m42', { log: logWith(changes) });
    await until(() => writing.length === 3);
    expect(writing).toEqual([0, 1, 0]);
  });

  it('responds with the failure of the model when the log has failed before', async () => {
    const fails = () => throwError(() => new Error('ECONNRESET'));
    const { handler, calls, logErrors } = resumableRelay(logWith({ lease$: fails, append: fails }));
    const pending = handler(postWith('m42'));
    await until(() => logErrors.length === 1);
    calls[0]!.fail(new ServerError({ serverMessage: 'busy', code: 503, retryable: true }));
    expect((await pending).status).toBe(503);
    expect(logErrors).toHaveLength(1);
  });

  it('stops the model when the lease is lost, and reports it to the reader', async () => {
    const log = logWith({ lease$: () => throwError(() => new LogError('LostLease')) });
    const { handler, calls, logErrors } = resumableRelay(log);
    const response = await handler(postWith('m42'));
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([502, 'false']);
    expect(await codeOf(response)).toBe('orphaned');
    expect(calls.every(({ isRunning }) => !isRunning)).toBe(true);
    expect(logErrors).toEqual([new LogError('LostLease')]);
  });

  it('stops the model when an append is fenced, with the text before', async () => {
    const log = logWith({ append: () => throwError(() => new LogError('LostLease')) });
    const { reader, call } = await start('m42', { log });
    await until(() => reader.isOver);
    expect(call.isRunning).toBe(false);
    expect(reader.events).toMatchObject({
      text: 'a',
      last: expect.stringContaining('"code":"orphaned"') as string,
    });
  });

  it('holds nothing back for a slow reader', async () => {
    const { handler, call, reader } = await start('m42');
    const slow = await handler(getFrom('m42'));
    const large = 'x'.repeat(50_000);
    for (let i = 0; i < 20; i += 1) call.write(large);
    call.finish();
    await until(() => reader.isOver);
    expect(reader.events).toMatchObject({ text: `a${large.repeat(20)}`, last: DONE });
    expect(await slow.text()).toBe(reader.body);
  });

  it('reads from the log for a first reader that was slow', async () => {
    const { handler, calls } = resumableRelay(memoryLog());
    const pending = handler(postWith('m42'));
    await until(() => calls.length === 1);
    const large = 'x'.repeat(50_000);
    calls[0]!.write(large);
    const response = await pending;
    for (let i = 0; i < 20; i += 1) calls[0]!.write(large);
    calls[0]!.finish();
    expect(eventsIn(await response.text())).toMatchObject({ text: large.repeat(21), last: DONE });
    expect(calls[0]!.isRunning).toBe(false);
  });

  it('withdraws a claim whose reader leaves before it is known', async () => {
    let claims = 0;
    const log = logWith({
      claim: () => {
        claims += 1;
        return NEVER;
      },
    });
    const leave = new AbortController();
    const { handler, calls } = resumableRelay(log);
    const response = handler(postWith('m42', { signal: leave.signal }));
    await until(() => claims === 1);
    leave.abort();
    expect((await response).status).toBe(499);
    expect(calls).toHaveLength(0);
  });

  it('counts readers that join again by themselves', async () => {
    const { handler, call } = await start('m42');
    const config = { ...through(handler), headers: { 'idempotency-key': 'm42' } };
    const texts = Promise.all(
      [resume$(config, 'm42'), chatCompletion$(config, question)].map((chunk$) =>
        lastValueFrom(chunk$.pipe(accumulateContent())),
      ),
    );
    call.write('b');
    call.finish();
    expect(await texts).toEqual(['ab', 'ab']);
  });

  it('stops an answer when its consumer unsubscribes', async () => {
    const { handler, calls } = resumableRelay(memoryLog());
    const { fetch, baseURL } = through(handler);
    const config = { baseURL, transport: resumable(fetchTransport({ fetch })) };
    const texts: string[] = [];
    const subscription = chatCompletion$(config, question)
      .pipe(accumulateContent())
      .subscribe((text) => texts.push(text));
    await until(() => calls.length === 1);
    calls[0]!.write('a');
    await until(() => texts.length === 1);
    subscription.unsubscribe();
    await until(() => !calls[0]!.isRunning);
  });
});
