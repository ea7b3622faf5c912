import { isRight } from 'fp-ts/Either';
import { type Observable, Subscription, tap } from 'rxjs';
import {
  chatCompletion$,
  fetchTransport,
  toChatState,
  type ChatCompletionChunk,
  type ChatConfig,
  type ChatState,
  type Decoded,
} from 'rxjs-chat-completions';
import { resumable, resume$ } from 'rxjs-chat-completions/resume';

const element = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
const [form, message, stop, status, text] = [
  element('form') as HTMLFormElement,
  element('message') as HTMLInputElement,
  element('stop') as HTMLButtonElement,
  element('status'),
  element('text'),
];
const metaOf = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name=${name}]`)?.content ?? '';

const show = (words: string): void => {
  status.textContent = words;
};

const configOf = (id: string): ChatConfig => ({
  baseURL: new URL('/api', location.href).href,
  headers: { 'idempotency-key': id },
  transport: resumable(fetchTransport(), { onJoin: ({ error }) => show(`Joining again: ${error.message}`) }),
  hooks: { onHead: ({ headers }) => show(`Sent by process ${headers['x-process'] ?? '?'}.`) },
});

/** The answer that is read now. */
let reading = Subscription.EMPTY;

function read(chunk$: Observable<Decoded<ChatCompletionChunk>>): void {
  reading.unsubscribe();
  text.textContent = '';
  stop.disabled = false;
  let isStopped = false;
  reading = chunk$
    .pipe(
      tap((decoded) => {
        isStopped ||= isRight(decoded) && 'stopped' in decoded.right;
      }),
      toChatState(),
    )
    // toChatState puts a failure into the state.
    // eslint-disable-next-line rxjs-x/no-ignored-error
    .subscribe((state) => {
      text.textContent = state.content;
      if (state.status === 'waiting' || state.status === 'streaming') return;
      stop.disabled = true;
      show(endOf(state, isStopped));
    });
}

function endOf({ error }: ChatState, isStopped: boolean): string {
  if (error !== null) return `The answer has failed: ${error.message}`;
  return isStopped ? 'The answer was stopped in another tab.' : 'The answer is complete.';
}

form.onsubmit = (event) => {
  event.preventDefault();
  const id = crypto.randomUUID();
  // In the address, so that a reload and a second tab find it.
  location.hash = id;
  const messages = [{ role: 'user', content: message.value }] as const;
  read(chatCompletion$(configOf(id), { model: metaOf('model'), messages }));
};

// Unsubscribing stops the answer for all readers.
stop.onclick = () => {
  reading.unsubscribe();
  stop.disabled = true;
  show('You stopped the answer.');
};

for (const name of metaOf('processes').split(' ')) {
  const kill = document.createElement('button');
  kill.type = 'button';
  kill.textContent = `Kill process ${name}`;
  kill.onclick = () => void fetch(`/kill/${name}`, { method: 'POST' });
  element('kills').append(kill);
}

const id = location.hash.slice(1);
if (id !== '') read(resume$(configOf(id), id));
