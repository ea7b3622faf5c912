import { fieldsOf } from '../../codec/isRecord';
import { errorFrame } from '../wire/wire';
import { demoRecipe } from './demoRecipe';
import { demoToolCalls, demoToolResults } from './demoTools';
import type { Part, Reply, ScriptedRequest } from './Reply';

/**
 * Creates a small rule-based model, for demos without a real one.
 *
 * It answers in Markdown, reasons first when the question contains *why* or *think*, and fails on demand: `/fail 429` (twice,
 * then it answers), `/fail stall`, `/fail cut`, `/fail end`, `/fail bad-chunk`, `/fail error-frame`. It introduces itself as
 * a scripted model.
 *
 * It calls a tool named `calculator` for a calculation and one named `current_time` for the time, if the request offers them,
 * and answers a request for the JSON Schema `Recipe` with a recipe, which is one of pancakes.
 *
 * @returns A script for {@link scriptedFetch} and the other transports. It counts its `429` responses.
 *
 * @example A page without a server
 * ```ts
 * import { chatCompletion$, toChatState } from 'rxjs-chat-completions';
 * import { demoModel, scriptedFetch } from 'rxjs-chat-completions/testing';
 *
 * const fetch = scriptedFetch(demoModel(), { delayMs: 20 });
 * chatCompletion$({ fetch }, { model: 'scripted', messages: [{ role: 'user', content: 'hello' }] }).pipe(toChatState());
 * ```
 */
export function demoModel(): (request: ScriptedRequest) => Reply {
  let failures = 0;
  const fail = (fault = ''): Reply => {
    if (fault !== '429') return { parts: FAULTS.get(fault) ?? [`I can fail as ${FAULT_NAMES}.`] };
    failures += 1;
    return failures % 3 > 0
      ? TOO_MANY_REQUESTS
      : 'The third attempt succeeded, after two failures with **429**.';
  };
  return ({ body }) => {
    const question = lastQuestion(body).trim();
    const [command, fault] = question.split(/\s+/);
    if (command === '/fail') return fail(fault);
    return (
      demoToolResults(body) ?? demoToolCalls(body, question) ?? demoRecipe(body, question) ?? answer(question)
    );
  };
}

function answer(question: string): Reply {
  const text = RULES.find(({ pattern }) => pattern.test(question))?.text ?? echo(question);
  return { parts: /\b(why|think)\b/i.test(question) ? [{ reasoning: reasonAbout(question) }, text] : [text] };
}

const TOO_MANY_REQUESTS: Reply = {
  status: 429,
  message: 'Rate limit reached for the scripted model. Please try again in 2 seconds.',
  code: 'rate_limit_exceeded',
  headers: { 'retry-after': '2' },
};

const FAULTS: ReadonlyMap<string, readonly Part[]> = new Map<string, readonly Part[]>([
  ['stall', ['This answer starts and then stalls', { stall: Infinity }]],
  ['cut', ['This answer starts, and then the connection', { cut: 'socket' }]],
  ['end', ['This answer starts, and then the server process crashes, so the body', { cut: 'body' }]],
  ['bad-chunk', ['The next chunk is not JSON:', { bad: 'json' }, ' and the answer continues after it.']],
  [
    'error-frame',
    [
      'This answer starts, and then the server sends an error:',
      // In OpenAI's format: Ollama does not send errors in a stream.
      { frames: errorFrame('Context size has been exceeded.', { code: 500 }) },
      { cut: 'body' },
    ],
  ],
]);

const FAULT_NAMES = ['429', ...FAULTS.keys()].map((name) => `\`${name}\``).join(', ');

const RULES: readonly { readonly pattern: RegExp; readonly text: string }[] = [
  {
    pattern: /^(hello|hi|hey|hallo|bonjour|hola|good (morning|evening|day))\b/i,
    text:
      'Hello! 👋 I am a **scripted model**: a few rules, no neural network. ' +
      'Ask me *what this library is*, ask *why*, or type `/fail 429` to see a failure.',
  },
  {
    pattern: /rxjs|observable|library|\bchunks?\b|what (is|are) (this|you)|who are you/i,
    text: `**rxjs-chat-completions** turns a chat completion into an Observable. From socket to screen:

1. the bytes of the response become text, lines and events, wherever the reads end;
2. each event becomes a *validated* chunk, or a \`Left\` that describes the error;
3. operators turn the chunks into the state that an app renders.

\`\`\`ts
chatCompletion$({}, { model: 'llama3.2', messages })
  .pipe(toChatState())
  .subscribe((state) => render(state.content));
\`\`\`

Unsubscribe, and the request is aborted in the same tick. There is nothing else to clean up — voilà. ✨`,
  },
  {
    pattern: /sky.*blue|blue.*sky/i,
    text: `Because air scatters **blue** light more than red:

- sunlight contains all colours;
- molecules of air are far smaller than a wavelength, and scatter short waves most (*Rayleigh scattering*);
- so blue reaches your eye from all over the sky, and at dusk, after a long way through the air, mostly red is left. 🌅

I have this answer stored: I am a scripted model, and this question is a popular one.`,
  },
];

const echo = (question: string): string => `Your question was: *${escapeMarkdown(topicOf(question))}*. \
I am a **scripted model**, so I know nothing about it: I only pick one of a few answers. What I can show you is how an answer *streams*:

- word by word, with **bold**, \`code\` and accents such as é, ü and ñ;
- and how it stops when you cancel it. 🛑

For a real answer, start Ollama, or name a server of your own.`;

const reasonAbout = (question: string): string =>
  `The question is: ${topicOf(question)}. Do I have a rule for that? I will check, and answer honestly.`;

/** Returns the question on one line, cut after 60 characters. */
function topicOf(question: string): string {
  const line = question.replace(/\s+/g, ' ').replace(/[?!. ]+$/, '');
  const plain = line.replace(/\p{Cc}/gu, '').trim();
  const beginning = /^.{60}(?=.)/su.exec(plain)?.[0];
  return beginning ? `${beginning}…` : plain || 'nothing at all';
}

/** Escapes the characters of Markdown, so that `12*(3+4)` is shown as it was typed. */
const escapeMarkdown = (text: string): string => text.replace(/[*_`#<>[\]\\]/g, '\\$&');

/** Returns the text of the user's last message, of all its parts. */
function lastQuestion(body: unknown): string {
  const { messages } = fieldsOf(body);
  const fromUser = (Array.isArray(messages) ? messages : [])
    .map(fieldsOf)
    .filter(({ role }) => role === 'user');
  const content = fromUser.at(-1)?.content;
  if (typeof content === 'string') return content;
  const texts = (Array.isArray(content) ? content : []).map((part) => fieldsOf(part).text);
  return texts.filter((text) => typeof text === 'string').join(' ');
}
