import '../angular/injector';

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import * as angular from '@angular/core';
import * as rxjs from 'rxjs';
import * as library from 'rxjs-chat-completions';
import * as conversations from 'rxjs-chat-completions/conversation';
import type { ConversationCommand, ConversationState, Turn } from 'rxjs-chat-completions/conversation';
import * as testing from 'rxjs-chat-completions/testing';
import * as tools from 'rxjs-chat-completions/tools';
import ts from 'typescript';

import { emptyRun } from '../../lib/tools/RunState';
import { examplesIn } from '../helpers/compileExamples';

const page = readFileSync(resolve(__dirname, '../../docs/frameworks.md'), 'utf8');
const examples = examplesIn('docs/frameworks.md', page);

const answer = () => [{ ...emptyRun, status: 'done', content: 'Hello' } as const];

/** The frameworks, as far as the recipes use them: the real ones are not installed here. */
const modules: Readonly<Record<string, unknown>> = {
  rxjs,
  '@angular/core': angular,
  'rxjs-chat-completions': library,
  'rxjs-chat-completions/conversation': conversations,
  'rxjs-chat-completions/testing': testing,
  'rxjs-chat-completions/tools': tools,
  react: {
    useSyncExternalStore: (subscribe: (changed: () => void) => () => void, snapshot: () => unknown) => {
      subscribe(() => undefined)();
      expect(snapshot()).toBe(snapshot());
      return snapshot();
    },
  },
  vue: {
    shallowRef: (value: unknown) => ({ value }),
    onScopeDispose: (dispose: () => void) => disposals.push(dispose),
  },
  '@ngrx/store': {
    props: () => undefined,
    createAction: (type: string) => Object.assign((fields: object) => ({ ...fields, type }), { type }),
    on: (creator: { readonly type: string }, reducer: unknown) => ({ type: creator.type, reducer }),
    createReducer:
      (
        initial: unknown,
        ...ons: readonly { readonly type: string; readonly reducer: (s: unknown, a: unknown) => unknown }[]
      ) =>
      (state: unknown, action: { readonly type: string }) =>
        ons.reduce(
          (now, { type, reducer }) => (type === action.type ? reducer(now, action) : now),
          state ?? initial,
        ),
  },
  '@ngrx/signals': {
    withState: (state: object) => () =>
      Object.fromEntries(Object.entries(state).map(([key, value]) => [key, angular.signal<unknown>(value)])),
    withComputed: (make: (store: object) => object) => make,
    withMethods: (make: (store: object) => object) => make,
    signalStore: (...features: readonly ((store: object) => object)[]) =>
      function Store() {
        const store = {};
        for (const feature of features) Object.assign(store, feature(store));
        return store;
      },
    patchState: (store: Record<string, angular.WritableSignal<unknown>>, state: object) => {
      for (const [key, value] of Object.entries(state)) store[key]?.set(value);
    },
  },
  '@ngrx/signals/rxjs-interop': {
    rxMethod: (work: (source$: rxjs.Observable<unknown>) => rxjs.Observable<unknown>) => {
      const source$ = new rxjs.Subject<unknown>();
      work(source$).subscribe();
      return (input: unknown) => source$.next(input);
    },
  },
};
const disposals: (() => void)[] = [];

/** Runs the recipe with this text, and returns its exports. */
function recipe(text: string): Readonly<Record<string, unknown>> {
  const found = examples.find(({ code }) => code.includes(text));
  if (found === undefined) throw new Error(`no recipe with ${text}`);
  const code = ts.transpile(found.code, { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS });
  const exports = {};
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- a page of ours
  const run = new Function('require', 'exports', 'answer', code) as (...given: readonly unknown[]) => void;
  run((name: string) => modules[name], exports, answer);
  return exports;
}

interface Chat {
  readonly snapshot: () => readonly Turn[];
  readonly subscribe: (changed: () => void) => () => void;
  readonly run: (command: ConversationCommand) => void;
  readonly destroy: () => void;
}

/** The store of the page, with a scripted model. */
const createChat = (): Chat =>
  (recipe('export function createChat').createChat as (config: object) => Chat)({
    transport: testing.scriptedTransport('Hello'),
  });
const send: ConversationCommand = { type: 'send', content: 'Hi' };
const settled = () => rxjs.lastValueFrom(rxjs.timer(50));

describe('the recipes of a conversation', () => {
  it('run in React', async () => {
    const chat = createChat();
    const useBranch = recipe('export const useBranch').useBranch as (chat: Chat) => readonly Turn[];
    chat.run(send);
    await settled();
    expect(useBranch(chat)).toMatchObject([{ kind: 'user' }, { run: { content: 'Hello', status: 'done' } }]);
    chat.destroy();
  });

  it('run in Vue', async () => {
    const chat = createChat();
    const useBranch = recipe('shallowRef(chat.snapshot())').useBranch as (chat: Chat) => {
      value: readonly Turn[];
    };
    const branch = useBranch(chat);
    chat.run(send);
    expect(branch.value).toHaveLength(2);
    await settled();
    expect(branch.value[1]).toMatchObject({ run: { content: 'Hello' } });
    for (const dispose of disposals) dispose();
    chat.run({ type: 'reset' });
    expect(branch.value).toHaveLength(2);
    chat.destroy();
  });

  it('run as a Svelte store', () => {
    const { state$ } = recipe('BehaviorSubject') as { state$: rxjs.BehaviorSubject<ConversationState> };
    const heads: unknown[] = [];
    state$.subscribe(({ head }) => heads.push(head));
    expect(heads).toEqual(['1']);
  });

  it('run as an NgRx reducer', () => {
    const { chatEvent, chatReducer } = recipe('createReducer') as {
      chatEvent: (fields: { event: ConversationCommand }) => { type: string };
      chatReducer: (state: ConversationState | undefined, action: { type: string }) => ConversationState;
    };
    const state = chatReducer(undefined, chatEvent({ event: send }));
    expect(conversations.branchOf(state)).toHaveLength(2);
    expect(chatReducer(state, { type: 'other' })).toBe(state);
  });

  it('run as an NgRx signal store', () => {
    const { ChatStore } = recipe('signalStore(') as {
      ChatStore: new () => { run: (command: ConversationCommand) => void; branch: () => readonly Turn[] };
    };
    const store = new ChatStore();
    store.run(send);
    expect(store.branch()).toMatchObject([{ kind: 'user' }, { run: { content: 'Hello' } }]);
  });

  it('run as a session on a server', () => {
    const { openSession } = recipe('openSession') as {
      openSession: (
        storage: conversations.ConversationStorage,
        answer: unknown,
      ) => { command$: rxjs.Subject<ConversationCommand>; state$: rxjs.Observable<ConversationState> };
    };
    let saved = '';
    const session = openSession({ load: () => null, save: (text) => void (saved = text) }, answer);
    const subscription = session.state$.subscribe();
    session.command$.next(send);
    subscription.unsubscribe();
    expect(saved).toContain('Hello');
  });
});
