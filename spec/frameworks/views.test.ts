import './page';

import assert from 'node:assert/strict';
import { it } from 'node:test';

import { act, createElement, StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import type { ConversationState } from 'rxjs-chat-completions/conversation';
import { scriptedFetch, scriptedTransport } from 'rxjs-chat-completions/testing';
import { get, type Readable } from 'svelte/store';
import { effectScope, nextTick, watchEffect } from 'vue';

import { createChat } from './recipes/a-conversation-in-any-framework';
import { useBranch } from './recipes/a-conversation-in-react';
import { command$, state$ } from './recipes/a-conversation-in-svelte';
import { useBranch as useBranchInVue } from './recipes/a-conversation-in-vue';
import { useAnswer } from './recipes/react';
import { until } from './until';

/** Renders a component in React's strict mode, and returns its text. */
function render(component: () => ReactNode) {
  const element = document.body.appendChild(document.createElement('div'));
  const root = createRoot(element);
  act(() => root.render(createElement(StrictMode, null, createElement(component))));
  return { text: () => element.textContent, unmount: () => act(() => root.unmount()) };
}

it('React shows an answer', async () => {
  let requests = 0;
  globalThis.fetch = scriptedFetch(() => {
    requests += 1;
    return 'Hello';
  });
  const view = render(() => useAnswer('Hi')?.content);
  await until(() => act(() => view.text() === 'Hello'));
  assert.equal(requests, 1, 'strict mode mounts twice, and one request is sent');
  view.unmount();
});

it('React shows a conversation', async () => {
  const chat = createChat({ transport: scriptedTransport('Hello') });
  const view = render(() =>
    useBranch(chat)
      .map((turn) => (turn.kind === 'user' ? String(turn.message.content) : turn.run.content))
      .join(' / '),
  );
  act(() => chat.run({ type: 'send', content: 'Hi' }));
  await until(() => act(() => view.text() === 'Hi / Hello'));
  view.unmount();
  chat.destroy();
});

it('Vue shows a conversation, until its scope ends', async () => {
  const chat = createChat({ transport: scriptedTransport('Hello') });
  const scope = effectScope();
  const lengths: number[] = [];
  scope.run(() => {
    const branch = useBranchInVue(chat);
    watchEffect(() => lengths.push(branch.value.length));
  });
  chat.run({ type: 'send', content: 'Hi' });
  await nextTick();
  assert.deepEqual(lengths, [0, 2]);
  scope.stop();
  chat.run({ type: 'reset' });
  await nextTick();
  assert.deepEqual(lengths, [0, 2]);
  chat.destroy();
});

it('Svelte reads the states as a store', () => {
  // Svelte unsubscribes from Observables too, which only its declarations do not contain.
  const store = state$ as unknown as Readable<ConversationState>;
  assert.equal(get(store).head, '1');
  command$.next({ type: 'send', content: { role: 'system', content: 'Answer in verse.' } });
  assert.equal(get(store).head, '2');
  assert.equal(state$.observed, false);
});
