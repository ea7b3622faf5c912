import { left, right } from 'fp-ts/Either';
import { accumulateContent, chatCompletion$, retryChat } from 'rxjs-chat-completions';
import { CallLog, inspect, tapMarbles } from 'rxjs-chat-completions/inspector';
import { scriptedTransport } from 'rxjs-chat-completions/testing';
import { asyncScheduler, defer, of, throwError } from 'rxjs';

import { marbles } from '../helpers/marbles';

const recorded = (log: CallLog) =>
  log.lanes.map(({ marbles: all }) => all.map(({ kind, title }) => [kind, title]));

const circular: { self?: object } = {};
circular.self = circular;

describe('tapMarbles', () => {
  it('passes values through', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-a-b-c|');
      const subs = '        ^-----!';
      expectObservable(source$.pipe(tapMarbles('source', new CallLog()))).toBe('-a-b-c|');
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('opens a lane for each subscription, with its values and its end', () => {
    const log = new CallLog();
    const source$ = of('a', 1, { status: 'streaming', content: 'Hel' }).pipe(tapMarbles('source', log));
    source$.subscribe();
    source$.subscribe().unsubscribe();
    throwError(() => new TypeError('no'))
      .pipe(tapMarbles('failing', log))
      .subscribe({ error: () => undefined });
    const values = [
      ['value', '"a"'],
      ['value', '1'],
      ['value', 'streaming "Hel"'],
      ['complete', 'complete'],
    ];
    expect(recorded(log)).toEqual([values, values, [['error', 'TypeError']]]);
    expect(log.lanes.map(({ label }) => label)).toEqual(['source', 'source', 'failing']);
  });

  it('shows chunks by their kind, and Lefts', () => {
    const log = new CallLog();
    of(right({ choices: [{ index: 0, delta: { content: 'Hel' } }] }), left(new Error('bad')))
      .pipe(tapMarbles('chunks', log))
      .subscribe();
    expect(recorded(log)[0]).toEqual([
      ['text', '"Hel"'],
      ['left', 'Error'],
      ['complete', 'complete'],
    ]);
  });

  it.each([
    ['that is circular', circular, '[object Object]'],
    ['without JSON', { toJSON: () => undefined }, '[object Object]'],
    ['with a bigint', { n: 1n }, '{"n":"1"}'],
    ['without a prototype', Object.create(null) as object, '{}'],
    ['with choices that are not of a chunk', { choices: [null, 1] }, '{"choices":[null,1]}'],
    ['with choices of an app', { choices: [{ text: 'A' }] }, '{"choices":[{"text":"A"}]}'],
    [
      'with a chunk that is not decoded',
      { choices: [{ delta: { content: 2 } }] },
      '{"choices":[{"delta":{"content":2}}]}',
    ],
  ])('passes on and describes a value %s', (_, value, title) => {
    const log = new CallLog();
    const received: unknown[] = [];
    of(value)
      .pipe(tapMarbles('source', log))
      .subscribe({ next: (each) => received.push(each), error: (error: unknown) => received.push(error) });
    expect(received[0] === value).toBe(true);
    expect(log.lanes[0]?.marbles[0]?.title).toBe(title);
  });

  it.each([
    ['text', { content: 'a'.repeat(500) }],
    ['reasoning', { reasoning: 'a'.repeat(500) }],
    ['tool', { tool_calls: [{ index: 0, function: { name: 'a', arguments: 'a'.repeat(500) } }] }],
  ])('describes a long delta of %s by its beginning', (kind, delta) => {
    const log = new CallLog();
    of({ choices: [{ index: 0, delta }] })
      .pipe(tapMarbles('chunks', log))
      .subscribe();
    expect(log.lanes[0]?.marbles[0]).toMatchObject({
      kind,
      title: expect.stringMatching(/^"?a[a ]{118,119}…$/) as string,
    });
  });

  it('describes a long text by its end', () => {
    const log = new CallLog();
    of(`${'a'.repeat(500)}end`)
      .pipe(tapMarbles('text', log))
      .subscribe();
    expect(log.lanes[0]?.marbles[0]?.title).toMatch(/^"…a+end"$/);
  });
});

describe('the lanes of a pipe', () => {
  it('are in the order of its operators: the call, its chunks, the result', () => {
    const log = new CallLog();
    chatCompletion$(inspect({ transport: scriptedTransport('Hi') }, log), { model: 'any', messages: [] })
      .pipe(tapMarbles('chunks', log), accumulateContent(), tapMarbles('text', log))
      .subscribe();
    expect(log.lanes.map(({ label }) => label)).toEqual(['Call 1', 'chunks', 'text']);
  });

  it('continue in a lane of their own when the failed one was cleared', () => {
    const log = new CallLog();
    let fails = true;
    const value$ = defer(() => (fails ? throwError(() => new Error('no')) : of('yes'))).pipe(
      tapMarbles('value', log),
    );
    value$.subscribe({ error: () => undefined });
    log.clear();
    fails = false;
    value$.subscribe();
    expect(recorded(log)).toEqual([
      [
        ['value', '"yes"'],
        ['complete', 'complete'],
      ],
    ]);
  });

  it('keep the attempts of a call together, and continue below a retry', () => {
    const log = new CallLog({ clock: asyncScheduler });
    marbles(({ flush }) => {
      const failure = { status: 503, headers: { 'retry-after': '1' } };
      const transport = scriptedTransport([failure, failure, 'Hi']);
      chatCompletion$(inspect({ transport }, log), { model: 'any', messages: [] })
        .pipe(tapMarbles('chunks', log), retryChat(), tapMarbles('retried', log))
        .subscribe();
      flush();
    });
    expect(log.lanes.map(({ label }) => label)).toEqual([
      'Call 1',
      'Attempt 2',
      'Attempt 3',
      'chunks',
      'retried',
    ]);
    expect(log.lanes[3]?.marbles.map(({ kind }) => kind)).toEqual([
      'error',
      'error',
      'text',
      'finish',
      'other',
      'complete',
    ]);
  });
});
