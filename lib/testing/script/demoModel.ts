import { errorFrame } from '../wire/wire';
import type { Part, Reply, ScriptedRequest } from './Reply';
import { recordOf } from './timeline';

/**
 * A small model of rules, for a demo that has no real one.
 *
 * It answers in Markdown, thinks first when asked to think or why, and fails on demand: `/fail 429` (twice, then it
 * answers), `/fail stall`, `/fail cut`, `/fail end`, `/fail bad-chunk`, `/fail error-frame`. It says what it is.
 *
 * @returns A script of its own count of refusals, for {@link scriptedFetch} and the others.
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
  let refusals = 0;
  const fail = (fault = ''): Reply => {
    if (fault !== '429') return { parts: FAULTS.get(fault) ?? [`I can fail as ${FAULT_NAMES}.`] };
    refusals += 1;
    return refusals % 3 > 0 ? TOO_MANY : 'Third time lucky: two refusals with **429**, then this.';
  };
  return ({ body }) => {
    const question = lastQuestion(body).trim();
    const [command, fault] = question.split(/\s+/);
    return command === '/fail' ? fail(fault) : answer(question);
  };
}

function answer(question: string): Reply {
  const text = RULES.find(({ when }) => when.test(question))?.says ?? echo(question);
  return { parts: /\b(why|think)\b/i.test(question) ? [{ reasoning: thoughtsOn(question) }, text] : [text] };
}

const TOO_MANY: Reply = {
  status: 429,
  message: 'Rate limit reached for the scripted model. Please try again in 2 seconds.',
  code: 'rate_limit_exceeded',
  headers: { 'retry-after': '2' },
};

const FAULTS: ReadonlyMap<string, readonly Part[]> = new Map<string, readonly Part[]>([
  ['stall', ['I begin an answer, and now I fall silent', { stall: Infinity }]],
  ['cut', ['I begin an answer, and now the connection', { cut: 'socket' }]],
  ['end', ['I begin an answer, and now my process dies, as if that', { cut: 'body' }]],
  ['bad-chunk', ['The next chunk is no JSON:', { bad: 'json' }, ' and the answer goes on after it.']],
  [
    'error-frame',
    [
      'I begin an answer, and now there is an error:',
      // Not the dialect's: Ollama would lose it.
      { said: errorFrame('Context size has been exceeded.', { code: 500 }) },
      { cut: 'body' },
    ],
  ],
]);

const FAULT_NAMES = ['429', ...FAULTS.keys()].map((name) => `\`${name}\``).join(', ');

const RULES: readonly { readonly when: RegExp; readonly says: string }[] = [
  {
    when: /^(hello|hi|hey|hallo|bonjour|hola|good (morning|evening|day))\b/i,
    says:
      'Hello! 👋 I am a **scripted model**: a few rules, no neural network. ' +
      'Ask me *what this library is*, ask *why*, or type `/fail 429` to see me refuse.',
  },
  {
    when: /rxjs|observable|library|\bchunks?\b|what (is|are) (this|you)|who are you/i,
    says: `**rxjs-chat-completions** turns a chat completion into an Observable. From socket to screen:

1. the bytes of the answer become text, lines and events, wherever the reads were cut;
2. each event becomes a *validated* chunk, or a \`Left\` that says what was wrong with it;
3. operators make of the chunks what an app draws.

\`\`\`ts
chatCompletion$({}, { model: 'llama3.2', messages })
  .pipe(toChatState())
  .subscribe((state) => draw(state.content));
\`\`\`

Unsubscribe, and the request is aborted in the same tick. Nothing else to clean up — voilà. ✨`,
  },
  {
    when: /sky.*blue|blue.*sky/i,
    says: `Because air scatters **blue** light more than red:

- sunlight holds all colours;
- molecules of air are far smaller than a wavelength, and scatter short waves most (*Rayleigh scattering*);
- so blue reaches your eye from all over the sky, and at dusk, after a long way through the air, mostly red is left. 🌅

I know this by rote: I am a scripted model, and this question is a popular one.`,
  },
];

const echo = (question: string): string => `You wrote about *${topicOf(question)}*. \
I am a **scripted model**, so I know nothing about it: I only pick among a few answers. What I can show you is how an answer *streams*:

- word by word, with **bold**, \`code\` and accents such as é, ü and ñ;
- and how it stops when you let go of it. 🛑

For a real answer, start Ollama, or give a base URL and a model.`;

const thoughtsOn = (question: string): string =>
  `The question is about ${topicOf(question)}. Do I have a rule for that? Let me look, and answer honestly.`;

/** The question in one line, cut where it gets long; without the characters that Markdown would take for its own. */
function topicOf(question: string): string {
  const line = question.replace(/\s+/g, ' ').replace(/[?!. ]+$/, '');
  const plain = line.replace(/[*_`#<>[\]\\\p{Cc}]/gu, '').trim();
  const beginning = /^.{60}(?=.)/su.exec(plain)?.[0];
  return beginning ? `${beginning}…` : plain || 'nothing at all';
}

/** The text of the last message of the user, of all its parts. */
function lastQuestion(body: unknown): string {
  const { messages } = recordOf(body);
  const asked = (Array.isArray(messages) ? messages : []).map(recordOf).filter(({ role }) => role === 'user');
  const content = asked.at(-1)?.content;
  if (typeof content === 'string') return content;
  const texts = (Array.isArray(content) ? content : []).map((part) => recordOf(part).text);
  return texts.filter((text) => typeof text === 'string').join(' ');
}
