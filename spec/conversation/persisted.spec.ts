import fc from 'fast-check';
import {
  config as rx,
  delay,
  EMPTY,
  NEVER,
  of,
  Subject,
  switchMap,
  throwError,
  timer,
  type OperatorFunction,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';

import { branchOf } from '../../lib/conversation/branches';
import { conversation } from '../../lib/conversation/conversation';
import type { ConversationCommand } from '../../lib/conversation/ConversationCommand';
import type { ConversationState } from '../../lib/conversation/ConversationState';
import type { ConversationStorage } from '../../lib/conversation/ConversationStorage';
import { localStorageOf } from '../../lib/conversation/localStorageOf';
import { conversationOf } from '../../lib/conversation/conversationOf';
import { persisted } from '../../lib/conversation/persisted';
import { RequestError } from '../../lib/errors';
import { emptyRun, type RunState } from '../../lib/tools/RunState';

const run = (content: string, status: RunState['status'] = 'streaming'): RunState => ({
  ...emptyRun,
  status,
  content,
});

const send: ConversationCommand = { type: 'send', content: 'Hi' };
const hello = JSON.stringify(conversationOf([{ role: 'user', content: 'Hello' }]));

/** A storage in memory, with its writes by frame. */
function memory(text: string | null, { loadMs = 0, saveMs = 0 } = {}) {
  const writes: string[] = [];
  const held = { text };
  let open = 0;
  const storage: ConversationStorage = {
    load: () => (loadMs === 0 ? held.text : of(held.text).pipe(delay(loadMs))),
    save: (next) => {
      expect(open).toBe(0);
      open += 1;
      const end = (): void => {
        open -= 1;
        held.text = next;
        writes.push(next);
      };
      if (saveMs === 0) {
        end();
        return;
      }
      const ended$ = new Subject<void>();
      of(null)
        .pipe(delay(saveMs))
        .subscribe(() => {
          end();
          ended$.complete();
        });
      return ended$;
    },
  };
  return { storage, writes, held };
}

interface Play {
  readonly storage: ConversationStorage;
  readonly commands: string;
  readonly answer?: string;
  readonly everyMs?: number;
  /** Marbles. */
  readonly flushes?: string;
}

/** Plays commands in virtual time. */
function play({ storage, commands, answer = '-a-b-(d|)', everyMs = 5, flushes = '' }: Play) {
  const states: ConversationState[] = [];
  const errors: unknown[] = [];
  let completed = false;
  new TestScheduler(() => undefined).run(({ hot, cold, flush }) => {
    hot(commands, { s: send })
      .pipe(
        persisted(
          storage,
          (from) =>
            conversation({
              from,
              answer: () => cold(answer, { a: run('Hel'), b: run('Hello'), d: run('Hello', 'done') }),
            }),
          { onError: (error) => errors.push(error), everyMs, flush$: hot(flushes) },
        ),
      )
      .subscribe({
        next: (state) => states.push(state),
        complete: () => (completed = true),
      });
    flush();
  });
  return { states, errors, completed };
}

const NOT_TEXT = 'load must return the saved text, not parsed JSON';

const briefs = (states: readonly ConversationState[]): readonly string[] =>
  states.map((state) =>
    branchOf(state)
      .map((turn) => (turn.kind === 'user' ? (turn.message.content as string) : turn.run.status))
      .join(' '),
  );
const messagesIn = ({ turns }: ConversationState): readonly string[] =>
  Object.values(turns).flatMap((turn) => (turn.kind === 'user' ? (turn.message.content as string) : []));
const stored = (text: string | null | undefined) => JSON.parse(text ?? 'null') as ConversationState;

/** An action of a user with two conversations, and the milliseconds before it. */
const action = fc.record({
  type: fc.constantFrom('open A', 'open B', 'close', 'send', 'send', 'edit', 'stop', 'flush'),
  wait: fc.nat(30),
});

describe('persisted', () => {
  it('loses no message and reports no conflict, however slow the storage is and whatever is opened', () => {
    const play$ = fc.record({
      actions: fc.array(action, { maxLength: 25 }),
      loadMs: fc.nat(20),
      saveMs: fc.nat(20),
      everyMs: fc.nat(40),
    });
    fc.assert(
      fc.property(play$, ({ actions, loadMs, saveMs, everyMs }) => {
        const memories = [memory(null, { loadMs, saveMs }), memory(null, { loadMs, saveMs })] as const;
        const sent = new Set<string>();
        const errors: unknown[] = [];
        new TestScheduler(() => undefined).run(({ cold, flush }) => {
          const open$ = new Subject<ConversationStorage | null>();
          const command$ = new Subject<ConversationCommand>();
          const flush$ = new Subject<void>();
          const answer = () => cold('---a----(d|)', { a: run('Hel'), d: run('Hello', 'done') });
          open$
            .pipe(
              switchMap((storage) =>
                storage === null
                  ? NEVER
                  : command$.pipe(
                      persisted(storage, (from) => conversation({ from, answer }), {
                        onError: (error) => errors.push(error),
                        everyMs,
                        flush$,
                      }),
                    ),
              ),
            )
            .subscribe((state) => {
              for (const text of messagesIn(state)) sent.add(text);
            });
          const does: Record<string, (place: number) => void> = {
            'open A': () => open$.next(memories[0].storage),
            'open B': () => open$.next(memories[1].storage),
            close: () => open$.next(null),
            send: (place) => {
              // Also during a load, of a conversation that may be closed before it emits.
              if (command$.observed) sent.add(`message ${place}`);
              command$.next({ type: 'send', content: `message ${place}` });
            },
            edit: (place) => command$.next({ type: 'edit', id: '1', content: `message ${place}` }),
            stop: () => command$.next({ type: 'stop' }),
            flush: () => flush$.next(),
          };
          let at = 0;
          for (const [place, { type, wait }] of actions.entries()) {
            at += wait;
            timer(at).subscribe(() => does[type]?.(place));
          }
          timer(at + 200).subscribe(() => open$.next(null));
          flush();
        });
        expect(errors).toEqual([]);
        const kept = memories.flatMap(({ held: { text } }) =>
          text === null ? [] : messagesIn(stored(text)),
        );
        expect(new Set(kept)).toEqual(sent);
      }),
      { numRuns: 300 },
    );
  });

  it.each([null, ''])('starts empty in an empty storage, and writes the latest state: %j', (empty) => {
    const { storage, writes } = memory(empty);
    const { states, completed } = play({ storage, commands: 's---------|', everyMs: 20 });
    expect(briefs(states)).toEqual(['', 'Hi waiting', 'Hi streaming', 'Hi streaming', 'Hi done']);
    expect(writes.map((text) => Object.values(stored(text).turns).length)).toEqual([2]);
    expect(stored(writes.at(-1))).toEqual(JSON.parse(JSON.stringify(states.at(-1))));
    expect(completed).toBe(true);
  });

  it('continues the stored conversation, and does not write before a change', () => {
    const { storage, writes } = memory(hello);
    const { states } = play({ storage, commands: '---|' });
    expect(briefs(states)).toEqual(['Hello']);
    expect(writes).toEqual([]);
  });

  it('keeps commands that arrive during a slow load', () => {
    const { storage } = memory(hello, { loadMs: 4 });
    const { states } = play({ storage, commands: 's|' });
    expect(briefs(states).slice(0, 2)).toEqual(['Hello', 'Hello Hi waiting']);
    expect(briefs(states).at(-1)).toBe('Hello Hi done');
  });

  it('writes one text at a time, the latest, however slow the storage is', () => {
    const { storage, writes } = memory(null, { saveMs: 7 });
    const { states } = play({ storage, commands: 's-------s------s---|', everyMs: 1 });
    expect(writes.length).toBeLessThan(states.length / 2);
    expect(stored(writes.at(-1))).toEqual(JSON.parse(JSON.stringify(states.at(-1))));
  });

  it.each<[string, Omit<Play, 'storage'>]>([
    ['while it stays open', { commands: 's', everyMs: 2 }],
    ['at the end, without another wait', { commands: 's--|', everyMs: Infinity, flushes: '--f' }],
  ])('writes what has changed during a slow write, %s', (_, played) => {
    const { storage, writes } = memory(null, { saveMs: 10 });
    const { states, completed } = play({ storage, ...played });
    expect(writes.map((text) => briefs([stored(text)])[0])).toEqual(['Hi streaming', 'Hi done']);
    expect(stored(writes.at(-1))).toEqual(JSON.parse(JSON.stringify(states.at(-1))));
    expect(completed).toBe(played.commands.endsWith('|'));
  });

  it('writes a state once if it is unsubscribed from meanwhile', () => {
    const ended$ = new Subject<void>();
    const save = jest.fn(() => ended$);
    const [command$, flush$] = [new Subject<ConversationCommand>(), new Subject<void>()];
    const subscription = command$
      .pipe(
        persisted({ load: () => null, save }, (from) => conversation({ from, answer: () => NEVER }), {
          onError: (error) => {
            throw error;
          },
          flush$,
        }),
      )
      .subscribe();
    command$.next(send);
    flush$.next();
    subscription.unsubscribe();
    ended$.complete();
    expect(save).toHaveBeenCalledTimes(1);
  });

  it('writes at once on a flush, and nothing more before the next change', () => {
    const { storage, writes } = memory(null);
    const { states } = play({ storage, commands: 's---------|', flushes: '--f---f-f', everyMs: 900 });
    expect(writes.map((text) => briefs([stored(text)])[0])).toEqual(['Hi streaming', 'Hi done']);
    expect(stored(writes.at(-1))).toEqual(JSON.parse(JSON.stringify(states.at(-1))));
  });

  it('calls a storage that is an instance of a class as its methods', () => {
    class Notebook {
      #text: string | null = hello;
      load(): string | null {
        return this.#text;
      }
      save(text: string): void {
        this.#text = text;
      }
    }
    const storage = new Notebook();
    const { states, errors } = play({ storage, commands: 's---------|' });
    expect(errors).toEqual([]);
    expect(briefs(states)[0]).toBe('Hello');
    expect(stored(storage.load() ?? '')).toEqual(JSON.parse(JSON.stringify(states.at(-1))));
  });

  it('writes at a flush and at the end only, with Infinity between writes', () => {
    jest.useFakeTimers(); // timers of an engine fire at once after an infinite delay, virtual ones never do
    try {
      const { storage, writes } = memory(null);
      const command$ = new Subject<ConversationCommand>();
      const flush$ = new Subject<void>();
      command$
        .pipe(
          persisted(storage, (from) => conversation({ from, answer: () => of(run('Hello', 'done')) }), {
            onError: (error) => {
              throw error;
            },
            everyMs: Infinity,
            flush$,
          }),
        )
        .subscribe();
      command$.next(send);
      jest.advanceTimersByTime(60_000);
      expect(writes).toHaveLength(0);
      flush$.next();
      expect(writes).toHaveLength(1);
      command$.next(send);
      jest.advanceTimersByTime(60_000);
      command$.complete();
      expect(writes).toHaveLength(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it('writes the last state when it is unsubscribed from, in which an answer may be in flight', () => {
    const { storage, writes } = memory(null);
    const command$ = new Subject<ConversationCommand>();
    const subscription = command$
      .pipe(
        persisted(storage, (from) => conversation({ from, answer: () => NEVER }), {
          onError: (error) => {
            throw error;
          },
        }),
      )
      .subscribe();
    command$.next(send);
    subscription.unsubscribe();
    expect(writes).toHaveLength(1);
    const { states } = play({ storage, commands: '-|' });
    expect(briefs(states)).toEqual(['Hi stopped']);
  });

  it('saves the early messages beside a command that is none', () => {
    const { storage, writes } = memory(null);
    let load: ConversationStorage['load'] = () => NEVER;
    const slow = { load: () => load(), save: storage.save };
    const onError = jest.fn();
    const subscription = of<ConversationCommand[]>(null as never, send)
      .pipe(persisted(slow, (from) => conversation({ from, answer: () => NEVER }), { onError }))
      .subscribe();
    load = storage.load;
    subscription.unsubscribe();
    expect(onError).not.toHaveBeenCalled();
    expect(writes).toHaveLength(1);
  });

  it.each<[string, ConversationStorage['load'], string]>([
    [
      'throws',
      () => {
        throw new Error('blocked');
      },
      'blocked',
    ],
    ['errors', () => throwError(() => new Error('gone')), 'gone'],
    ['holds text that is not JSON', () => '{"v":', 'not JSON: {"v":'],
    ['holds another version', () => '{"v":2,"turns":{},"head":null,"next":1}', 'v: expected 1, got 2'],
    ['returns parsed JSON', () => ({ v: 1 }) as never, NOT_TEXT],
    ['emits parsed JSON', () => of({ v: 1 } as never), NOT_TEXT],
    ['emits bytes', () => of(new TextEncoder().encode('{}') as never), NOT_TEXT],
  ])('reports a storage that %s, works without it, and does not overwrite it', (_, load, message) => {
    const save = jest.fn();
    const { states, errors } = play({ storage: { load, save }, commands: 's---------|' });
    expect(errors).toMatchObject([{ message }]);
    expect(briefs(states).at(-1)).toBe('Hi done');
    expect(save).not.toHaveBeenCalled();
  });

  it.each([5, true, 'OK', null, { changes: 1 }, Promise.resolve(1)])(
    'accepts any result of a write: %p',
    (result) => {
      const { storage, writes } = memory(null);
      const save: ConversationStorage['save'] = (text) => {
        storage.save(text);
        return result;
      };
      const { errors } = play({ storage: { ...storage, save }, commands: 's---------|' });
      expect(errors).toEqual([]);
      expect(writes.length).toBeGreaterThan(0);
    },
  );

  it.each<[string, Partial<ConversationStorage>]>([
    [
      'a load',
      {
        load: () => {
          throw new Error('gone');
        },
      },
    ],
    [
      'a write',
      {
        save: () => {
          throw new Error('gone');
        },
      },
    ],
  ])('works on if the callback throws the error of %s, which is then unhandled', (_, fault) => {
    jest.useFakeTimers();
    const unhandled = (rx.onUnhandledError = jest.fn());
    try {
      const states: ConversationState[] = [];
      const command$ = new Subject<ConversationCommand>();
      command$
        .pipe(
          persisted(
            { ...memory(null).storage, ...fault },
            (from) => conversation({ from, answer: () => of(run('Hello', 'done')) }),
            {
              onError: (error) => {
                throw error;
              },
            },
          ),
        )
        .subscribe((state) => states.push(state));
      for (let sent = 0; sent < 2; sent += 1) {
        command$.next(send);
        jest.runAllTimers();
      }
      expect(briefs(states).at(-1)).toBe('Hi done Hi done');
      expect(unhandled).toHaveBeenCalledWith(new Error('gone'));
    } finally {
      rx.onUnhandledError = null;
      jest.useRealTimers();
    }
  });

  it('loads only after the last write of the conversation that was open before', () => {
    const { storage, writes } = memory(null, { saveMs: 20 });
    const errors: unknown[] = [];
    const states: ConversationState[] = [];
    new TestScheduler(() => undefined).run(({ hot, flush }) => {
      const command$ = hot<ConversationCommand>('-s 9ms 100ms s---', { s: send });
      hot('o--co---', { o: true, c: false })
        .pipe(
          switchMap((isOpen) =>
            isOpen
              ? command$.pipe(
                  persisted(
                    storage,
                    (from) => conversation({ from, answer: () => of(run('Hello', 'done')) }),
                    {
                      onError: (error) => errors.push(error),
                      everyMs: 5,
                    },
                  ),
                )
              : NEVER,
          ),
        )
        .subscribe((state) => states.push(state));
      flush();
    });
    expect(errors).toEqual([]);
    expect(writes.map((text) => Object.keys((JSON.parse(text) as ConversationState).turns).length)).toEqual([
      2, 4,
    ]);
    expect(branchOf(states.at(-1)!)).toHaveLength(4);
  });

  const stop: ConversationCommand = { type: 'stop' };
  const broken: ConversationCommand = {
    type: 'select',
    get id(): string {
      throw new Error('of a getter');
    },
  };
  it.each<[string, readonly ConversationCommand[], boolean, number, number, number]>([
    ['nothing', [], false, 1, 0, 0],
    ['a stop', [stop], false, 1, 0, 0],
    ['a message after a stop', [stop, send], false, 3, 1, 0],
    ['a message, and the next load fails', [send], true, 2, 0, 1],
    ['a command that throws', [broken], false, 2, 0, 1],
  ])('loads again after an early unsubscription only to save: %s', (_, commands, fails, ...expected) => {
    const load = jest
      .fn<ReturnType<ConversationStorage['load']>, []>()
      .mockReturnValueOnce(NEVER)
      .mockReturnValue(fails ? throwError(() => new Error('gone')) : null);
    const [save, onError] = [jest.fn(), jest.fn()];
    const command$ = new Subject<ConversationCommand>();
    const subscription = command$
      .pipe(persisted({ load, save }, (from) => conversation({ from, answer: () => NEVER }), { onError }))
      .subscribe();
    for (const command of commands) command$.next(command);
    subscription.unsubscribe();
    expect([load, save, onError].map(({ mock }) => mock.calls.length)).toEqual(expected);
  });

  it.each([
    [1, false],
    [1, true],
    [2, false],
    [2, true],
  ])('reports write %i that fails, and writes the next change: stored: %s', (failing, isStored) => {
    let count = 0;
    const { storage, writes } = memory(null);
    const full: ConversationStorage = {
      ...storage,
      save: (text) => {
        count += 1;
        if (count !== failing) return storage.save(text);
        if (isStored) void storage.save(text);
        throw new Error('QuotaExceededError');
      },
    };
    const { states, errors, completed } = play({ storage: full, commands: 's-------s--|', everyMs: 2 });
    expect(errors).toMatchObject([{ message: 'QuotaExceededError' }]);
    expect(stored(writes.at(-1))).toEqual(JSON.parse(JSON.stringify(states.at(-1))));
    expect(completed).toBe(true);
  });

  it('does not overwrite changes of another tab, and reports them once', () => {
    const { storage, writes, held } = memory(hello);
    const { states, errors } = play({
      storage: {
        load: () => storage.load(),
        save: (text) => {
          const result = storage.save(text);
          held.text = 'of another tab';
          return result;
        },
      },
      commands: 's-------s--------|',
      everyMs: 2,
    });
    expect(errors).toMatchObject([{ _tag: 'StorageConflict' }]);
    expect(writes).toHaveLength(1);
    expect(held.text).toBe('of another tab');
    expect(briefs(states).at(-1)).toBe('Hello Hi done Hi done');
  });
});

describe('the options of persisted', () => {
  it.each([undefined, null, {}, { onError: 'warn' }])('must have onError: %p', (options) => {
    const storage = { load: () => null, save: () => undefined };
    const start = (): OperatorFunction<ConversationCommand, ConversationState> => () => EMPTY;
    expect(() => persisted(storage, start, options as never)).toThrow(
      new RequestError('onError must be a function: it receives failed loads and writes'),
    );
  });
});

describe('localStorageOf', () => {
  it('loads and saves one entry, and reads the storage when it is used', () => {
    const storage = localStorageOf('chat');
    expect(() => storage.load()).toThrow('there is no localStorage here, only in a page');
    const entries = new Map<string, string>();
    const localStorage = {
      getItem: (key: string) => entries.get(key) ?? null,
      setItem: (key: string, text: string) => void entries.set(key, text),
    };
    Object.assign(globalThis, { localStorage });
    try {
      expect(storage.load()).toBeNull();
      void storage.save(hello);
      expect(storage.load()).toBe(hello);
      expect([...entries.keys()]).toEqual(['chat']);
    } finally {
      Reflect.deleteProperty(globalThis, 'localStorage');
    }
  });
});
