import { concat, of, throwError, timer, map, NEVER, type Observable } from 'rxjs';
import { chatCompletion$, ChatTimeoutError, type ChatRequest } from 'rxjs-chat-completions';
import { assertMarbles, textChunk, marbleTransport, scriptedTransport } from 'rxjs-chat-completions/testing';
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
  came$: Observable<unknown>,
  marbles: string,
  values?: Record<string, unknown>,
  error?: unknown,
): string => failureOf(({ expectObservable }) => expectObservable(came$).toBe(marbles, values, error));

describe('assertMarbles', () => {
  it('says nothing when all is as expected', () => {
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

  it('shows both diagrams, and each event with its time', () => {
    const came$ = concat(timer(2).pipe(map(() => 'Hel')), timer(3).pipe(map(() => 'lo')));
    expect(failure(came$, '--a-b|', { a: 'Hel', b: 'lo' })).toBe(
      [
        'The stream differs from its marbles.',
        '',
        'expected  --a-b|',
        'came      --a--(b|)',
        '',
        "         2ms  a  'Hel'",
        "-        4ms  b  'lo'",
        "+        5ms  b  'lo'",
        '         5ms  |',
      ].join('\n'),
    );
  });

  it('says what the chunks of an answer add', () => {
    const transport = scriptedTransport({ parts: ['Hel', { bad: 'json' }] });
    const shown = failure(chatCompletion$({ transport }, request), '(ab)', { a: textChunk('Hal'), b: 'lo' });
    expect(shown).toContain("-        0ms  a  chunk 'Hal'");
    expect(shown).toContain("+        0ms  c  chunk 'Hel'");
    expect(shown).toContain("Left BadJson 'not JSON:");
    expect(shown).toContain("chunk finish 'stop'");
  });

  it('looks inside where two values read the same', () => {
    const shown = failure(of(textChunk('Hel')), '(a|)', { a: { ...textChunk('Hel'), id: 'x' } });
    expect(shown).toContain("    at .id: 'chatcmpl-1' came, 'x' was expected");
  });

  it('tells an error by its tag and fields', () => {
    const came$ = throwError(() => new ChatTimeoutError('idle', 5));
    expect(failure(came$, '#', {}, { _tag: 'ChatTimeoutError', phase: 'idle' })).toBe('');
    const shown = failure(came$, '#', {}, { _tag: 'ChatTimeoutError', phase: 'first' });
    expect(shown).toContain("-        0ms  #  { _tag: 'ChatTimeoutError', phase: 'first' }");
    expect(shown).toContain(
      "+        0ms  #  ChatTimeoutError 'the stream was idle for 5 ms' { phase: 'idle', ms: 5 }",
    );
  });

  it('shows when a socket was let go of', () => {
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

  it('shows a subscription that was missing, and one that lasts', () => {
    const shown = failureOf(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-a-');
      expectObservable(source$).toBe('-a-');
      expectSubscriptions(source$.subscriptions).toBe(['^-!', '--^']);
    });
    expect(shown).toContain('- ^-!    0ms to 2ms\n+ ^    0ms and on\n- --^    2ms and on');
  });

  it('leaves out what is equal and far from any difference', () => {
    const values = Array.from({ length: 40 }, (_, at) => at);
    const other = values.map((value) => (value === 20 ? -1 : value));
    const came$ = of(...values);
    const shown = failureOf(({ expectObservable }) => expectObservable(came$).toEqual(of(...other)));
    expect(shown.split('\n').filter((line) => line.includes('ms  '))).toHaveLength(3 + 2 + 3);
    expect(shown).toContain('   …\n         0ms  r  17');
    expect(shown).toMatch(/-1\n.* 20\n.* 21\n.* 22\n.* 23$/);
  });

  it('comes to an end where everything differs', () => {
    const [came$, other$] = [0, 1_000].map((from) =>
      of(...Array.from({ length: 300 }, (_, at) => from + at)),
    );
    const shown = failureOf(({ expectObservable }) => expectObservable(came$!).toEqual(other$!));
    expect(shown).toMatch(/… and \d+ lines more$/);
    expect(shown.split('\n').length).toBeLessThan(80);
  });

  it('draws no diagram that would be wrong', () => {
    const came$ = concat(of(1, 2), timer(1));
    expect(failure(came$, 'a')).not.toContain('expected  ');
    expect(failure(of(1), 'a')).toContain('expected  a\ncame      (b|)');
  });

  it('says that nothing came', () => {
    expect(failure(NEVER, '-a')).toContain("expected  -a\ncame\n\n-        1ms  a  'a'");
  });

  it('compares any two values', () => {
    expect(() => assertMarbles({ a: 1 }, { a: 1 })).not.toThrow();
    expect(() => assertMarbles({ a: 1 }, { a: 2 })).toThrow(
      'The values differ.\n\n    at .a: 1 came, 2 was expected',
    );
    expect(() => assertMarbles(1, 2)).toThrow('at the top: 1 came, 2 was expected');
  });

  it('begins its stack at the line that ran the marbles', () => {
    let stack = '';
    try {
      assertMarbles(1, 2);
    } catch (error) {
      stack = (error as Error).stack ?? '';
    }
    expect(stack.split('\n').find((line) => /^ +at .*:\d+/.test(line))).toContain('assertMarbles.spec');
  });
});
