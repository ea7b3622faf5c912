import { type Observable, Subscription, tap } from 'rxjs';
import {
  chatCompletion$,
  fetchTransport,
  toChatState,
  type ChatCompletionChunk,
  type ChatConfig,
  type Decoded,
} from 'rxjs-chat-completions';
import { resumable, resume$ } from 'rxjs-chat-completions/resume';

const element = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
const [start, stop, status, text] = [
  element('start') as HTMLButtonElement,
  element('stop') as HTMLButtonElement,
  element('status'),
  element('text'),
];

const show = (words: string): void => {
  status.textContent = words;
};

const configOf = (id: string): ChatConfig => ({
  baseURL: new URL('/api', location.href).href,
  headers: { 'idempotency-key': id },
  transport: resumable(fetchTransport(), { onJoin: ({ error }) => show(`Joining again: ${error.message}`) }),
  hooks: { onHead: ({ headers }) => show(`Written by process ${headers['x-process'] ?? '?'}.`) },
});

let running = Subscription.EMPTY;

function read(chunk$: Observable<Decoded<ChatCompletionChunk>>): void {
  running.unsubscribe();
  stop.disabled = false;
  running = chunk$
    .pipe(
      toChatState(),
      tap(({ content }) => (text.textContent = content)),
    )
    // toChatState puts a failure into the state.
    // eslint-disable-next-line rxjs-x/no-ignored-error
    .subscribe((state) => {
      const isOver = state.status !== 'waiting' && state.status !== 'streaming';
      stop.disabled = isOver;
      if (isOver)
        show(state.error === null ? 'The story has ended.' : `The story has failed: ${state.error.message}`);
    });
}

start.onclick = () => {
  const id = crypto.randomUUID();
  // In the address, so that a reload and a second tab find it.
  location.hash = id;
  read(
    chatCompletion$(configOf(id), { model: 'story', messages: [{ role: 'user', content: 'A long story' }] }),
  );
};

// Unsubscribing stops the story for all readers.
stop.onclick = () => {
  running.unsubscribe();
  stop.disabled = true;
  show('You stopped the story.');
};

const names = document.querySelector<HTMLMetaElement>('meta[name=processes]')?.content.split(' ') ?? [];
for (const name of names) {
  const kill = document.createElement('button');
  kill.textContent = `Kill process ${name}`;
  kill.onclick = () => void fetch(`/kill/${name}`, { method: 'POST' });
  element('kills').append(kill);
}

const id = location.hash.slice(1);
if (id !== '') read(resume$(configOf(id), id));
