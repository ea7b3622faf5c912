import { concat, of, throwError, timer, map, NEVER, type Observable } from 'rxjs';
import { chatCompletion$, ChatTimeoutError, type ChatRequest } from 'rxjs-chat-completions';
import { addToolCalls, noToolCalls } from 'rxjs-chat-completions/fold';
import {
  assertMarbles,
  marbleTransport,
  scriptedTransport,
  textChunk,
  toolCallChunk,
} from 'rxjs-chat-completions/testing';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';

const request: ChatRequest = { model: 'any', messages: [] };

/** The message of a failure; empty when there is none. */
function failureOf(run: (helpers: RunHelpers) => void): string {
  try {
    new TestScheduler(assertMarbles).run(run);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const failure = (
  actual$: Observable<unknown>,
  marbles: string,
  values?: Record<string, unknown>,
  error?: unknown,
): string => failureOf(({ expectObservable }) => expectObservable(actual$).toBe(marbles, values, error));

describe('assertMarbles', () => {
  it('passes when all events are as expected', () => {
    expect(failure(of(1, 2), '(ab|)', { a: 1, b: 2 })).toBe('');
    expect(
      failure(
        throwError(() => new RangeError('far')),
        '#',
        {},
        new RangeError('far'),
      ),
    ).toBe('');
  });

  it('shows both diagrams and lists each event with its time', () => {
    const actual$ = concat(timer(2).pipe(map(() => 'Hel')), timer(3).pipe(map(() => 'lo')));
    expect(failure(actual$, '--a-b|', { a: 'Hel', b: 'lo' })).toBe(
      [
        'The stream differs from its marbles.',
        '',
        'expected  --a-b|',
        'received  --a--(b|)',
        '',
        "         2ms  a  'Hel'",
        "-        4ms  b  'lo'",
        "+        5ms  b  'lo'",
        '         5ms  |',
      ].join('\n'),
    );
  });

  it('shows the deltas of chunks', () => {
    const transport = scriptedTransport({ parts: ['Hel', { bad: 'json' }] });
    const shown = failure(chatCompletion$({ transport }, request), '(ab)', { a: textChunk('Hal'), b: 'lo' });
    expect(shown).toContain("-        0ms  a  chunk 'Hal'");
    expect(shown).toContain("+        0ms  c  chunk 'Hel'");
    expect(shown).toContain("Left BadJson 'not JSON:");
    expect(shown).toContain("chunk finish 'stop'");
  });

  it('shows the path of a difference when two values look the same', () => {
    const shown = failure(of(textChunk('Hel')), '(a|)', { a: { ...textChunk('Hel'), id: 'x' } });
    expect(shown).toContain("    at .id: received 'chatcmpl-1', expected 'x'");
  });

  it('shows the paths of differences in values whose lines are cut', () => {
    const chunk = toolCallChunk({ name: 'weather', arguments: { city: 'Oslo' } });
    const calls$ = of(addToolCalls(noToolCalls, chunk).calls);
    const shown = failure(calls$, '(a|)', { a: [{ name: 'weather', complete: true }] });
    expect(shown.split('\n').slice(6)).toEqual([
      `+        0ms  b  [{ id: 'call_0', type: 'function', name: 'weather', arguments: '{"city":"Oslo"}', complete: fal…`,
      "    at [0].id: received 'call_0', expected undefined",
      "    at [0].type: received 'function', expected undefined",
      `    at [0].arguments: received '{"city":"Oslo"}', expected undefined`,
      '    at [0].complete: received false, expected true',
      '         0ms  |',
    ]);
  });

  it('shows the place where two long texts differ', () => {
    const story = 'Once upon a time there was a small model that counted its tokens. '.repeat(4);
    expect(failure(of(`${story}The end.`), '(a|)', { a: `${story}THE END.` })).toContain(
      "    at the top: received '…ounted its tokens. The end.', expected '…ounted its tokens. THE END.'",
    );
  });

  it('shows no half of a character where two long texts differ', () => {
    for (const before of ['', ' ']) {
      const text = before + '🙂'.repeat(60);
      expect(failure(of(`${text} end`), '(a|)', { a: `${text} END` })).not.toMatch(/\p{Surrogate}/u);
    }
  });

  it('compares an error by its tag and fields', () => {
    const actual$ = throwError(() => new ChatTimeoutError('idle', 5));
    expect(failure(actual$, '#', {}, { _tag: 'ChatTimeoutError', phase: 'idle' })).toBe('');
    const shown = failure(actual$, '#', {}, { _tag: 'ChatTimeoutError', phase: 'first' });
    expect(shown).toContain("-        0ms  #  { _tag: 'ChatTimeoutError', phase: 'first' }");
    expect(shown).toContain(
      "+        0ms  #  ChatTimeoutError 'the stream was idle for 5 ms: the model or a proxy…' { phase: 'idle', ms: 5 }",
    );
  });

  it('shows the frame at which a request was aborted', () => {
    const shown = failureOf(({ cold, expectObservable, expectSubscriptions }) => {
      const transport = marbleTransport(cold, 'h-a--', { a: 'Hel' });
      expectObservable(chatCompletion$({ transport }, request), '^--!');
      expectSubscriptions(transport.subscriptions).toBe('^----!');
    });
    expect(shown).toBe(
      [
        'The subscriptions differ from their marbles.',
        '',
        '- ^----!    0ms to 5ms',
        '+ ^--!    0ms to 3ms',
      ].join('\n'),
    );
  });

  it('shows a missing subscription and one that is still active', () => {
    const shown = failureOf(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-a-');
      expectObservable(source$).toBe('-a-');
      expectSubscriptions(source$.subscriptions).toBe(['^-!', '--^']);
    });
    expect(shown).toContain(
      '- ^-!    0ms to 2ms\n+ ^    0ms, still subscribed\n- --^    2ms, still subscribed',
    );
  });

  it('leaves out equal events far from a difference', () => {
    const values = Array.from({ length: 40 }, (_, at) => at);
    const other = values.map((value) => (value === 20 ? -1 : value));
    const actual$ = of(...values);
    const shown = failureOf(({ expectObservable }) => expectObservable(actual$).toEqual(of(...other)));
    expect(shown.split('\n').filter((line) => line.includes('ms  '))).toHaveLength(3 + 2 + 3);
    expect(shown).toContain('   …\n         0ms  r  17');
    expect(shown).toMatch(/-1\n.* 20\n.* 21\n.* 22\n.* 23$/);
  });

  it('limits the report when everything differs', () => {
    const [actual$, other$] = [0, 1_000].map((from) =>
      of(...Array.from({ length: 300 }, (_, at) => from + at)),
    );
    const shown = failureOf(({ expectObservable }) => expectObservable(actual$!).toEqual(other$!));
    expect(shown).toMatch(/… and \d+ more lines$/);
    expect(shown.split('\n').length).toBeLessThan(80);
  });

  it('leaves out a diagram that marbles cannot express', () => {
    const actual$ = concat(of(1, 2), timer(1));
    expect(failure(actual$, 'a')).not.toContain('expected  ');
    expect(failure(of(1), 'a')).toContain('expected  a\nreceived  (b|)');
  });

  it('shows an empty diagram when nothing was received', () => {
    expect(failure(NEVER, '-a')).toContain("expected  -a\nreceived\n\n-        1ms  a  'a'");
  });

  it('compares any two values', () => {
    expect(() => assertMarbles({ a: 1 }, { a: 1 })).not.toThrow();
    expect(() => assertMarbles({ a: 1 }, { a: 2 })).toThrow(
      'The values differ.\n\n    at .a: received 1, expected 2',
    );
    expect(() => assertMarbles(1, 2)).toThrow('at the top: received 1, expected 2');
  });

  it('takes linear time for two long streams that differ', () => {
    let reads = 0;
    const streamOf = (length: number, sign: number) =>
      Array.from({ length }, (_, index) => {
        const value = Object.defineProperty({}, 'n', {
          enumerable: true,
          get: () => {
            reads += 1;
            return sign * (index + 1);
          },
        });
        return { frame: index, notification: { kind: 'N', value, error: undefined } };
      });
    const readsFor = (length: number): number => {
      reads = 0;
      expect(() => assertMarbles(streamOf(length, 1), streamOf(length, -1))).toThrow();
      return reads;
    };
    expect(readsFor(280) / readsFor(70)).toBeLessThan(6);
  });

  it('starts its stack at the line of the spec', () => {
    let stack = '';
    try {
      assertMarbles(1, 2);
    } catch (error) {
      stack = (error as Error).stack ?? '';
    }
    expect(stack.split('\n').find((line) => /^ +at .*:\d+/.test(line))).toContain('assertMarbles.spec');
  });
});
