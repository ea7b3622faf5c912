import type { Answer, Part, Reply, ScriptedRequest } from 'rxjs-chat-completions/testing';

/** A situation on real networks, played by the scripted model. */
export interface Scenario {
  /** Part of the address: `#scenario=rate-limit`. */
  readonly id: string;
  readonly name: string;
  /** Explanation for the user. */
  readonly hint: string;
  readonly question: string;
  /** The view of a question that is not for the conversation. */
  readonly view?: 'tools' | 'recipe';
  /** Returns the reply to an attempt, from 0. Default: that of the rule-based model. */
  readonly reply?: (attempt: number, request: ScriptedRequest) => Reply;
}

const TOUR = `This answer contains **bold**, *italic*, ~~deleted~~ and \`inline code\`:

1. The bytes of the response become lines and events, wherever the reads end.
2. Each event becomes a *validated* chunk, or a \`Left\` that describes the error.
3. Operators turn the chunks into the state that an app renders.

\`\`\`ts
chatCompletion$(config, { model, messages })
  .pipe(retryChat(), takeUntil(stop$), toChatState(), perFrame())
  .subscribe((state) => render(state));
\`\`\`

| operator | emits |
| --- | --- |
| \`contentDeltas()\` | the text, one delta at a time |
| \`toChatState()\` | the state of a chat view |
| \`perFrame()\` | at most one value a frame |

> Unsubscribe, and the request is aborted in the same tick.

Links work: [rxjs.dev](https://rxjs.dev). Images are links, because loading one would report to its server that you read the answer.`;

const SECOND_ATTEMPT =
  'This time the connection held. **Try again** removed the first attempt from the history and sent the question again.';

/** The results of tools in a request. */
const resultsIn = ({ body }: ScriptedRequest): readonly string[] =>
  (body as { messages: readonly { role: string; content: string }[] }).messages
    .filter(({ role }) => role === 'tool')
    .map(({ content }) => content);

const WORDS = 'fast text arrives in small deltas, and is rendered once a frame. '.split(/(?<= )/);

/** Ten thousand tokens in 250 reads. */
const flood: readonly Part[] = Array.from({ length: 250 }, (_, read) => ({
  frames: Array.from({ length: 40 }, (_, i) =>
    read % 3 === 2 && i === 39 ? 'frame.\n\n' : (WORDS[(read * 40 + i) % WORDS.length] ?? ''),
  ),
}));

const answer = (parts: readonly Part[], more: Partial<Answer> = {}): Answer => ({ parts, ...more });

export const SCENARIOS: readonly Scenario[] = [
  {
    id: 'markdown',
    name: 'A streamed answer',
    hint: 'Formatted while it arrives. Stop it in the middle: the text stays.',
    question: 'Show me what an answer can look like.',
    reply: () => answer([TOUR]),
  },
  {
    id: 'slow-start',
    name: 'Slow start',
    hint: 'The server loads the model before it responds. Nothing times out in the meantime.',
    question: 'Are you awake?',
    reply: () =>
      answer(['Yes, now. Loading a model takes time, so `timeouts.first` is five minutes by default.'], {
        headAfterMs: 3_500,
      }),
  },
  {
    id: 'rate-limit',
    name: 'Rate limit',
    hint: 'Three responses with status 429 and retry-after. Wait for the countdown, or skip it.',
    question: 'Answer me, even if you are busy.',
    reply: (attempt) =>
      attempt % 4 < 3
        ? {
            status: 429,
            message: 'Rate limit reached for the scripted model.',
            code: 'rate_limit_exceeded',
            headers: { 'retry-after': '3' },
          }
        : answer([
            'The fourth attempt succeeded. The delays were those that the server requested with `retry-after`.',
          ]),
  },
  {
    id: 'cut',
    name: 'Cut connection',
    hint: 'The connection breaks during the answer. The text stays on the screen.',
    question: 'Tell me a story that breaks off.',
    reply: (attempt) =>
      attempt % 2 === 0
        ? answer([
            'Once upon a time there was an answer, half of which had already crossed the sea when the cable',
            { cut: 'socket' },
          ])
        : answer([SECOND_ATTEMPT]),
  },
  {
    id: 'truncated',
    name: 'Crashed model',
    hint: 'The body ends without an error, a finish reason or [DONE], so the answer is incomplete.',
    question: 'Explain how a crash can look like a normal end.',
    reply: (attempt) =>
      attempt % 2 === 0
        ? answer([
            'The server closes the stream without an error, but the answer stops in the middle of a',
            { cut: 'body' },
          ])
        : answer([SECOND_ATTEMPT]),
  },
  {
    id: 'malformed',
    name: 'Malformed chunk',
    hint: 'Two chunks cannot be read. They are Lefts in the stream, and the answer continues.',
    question: 'Send me a chunk that is not JSON.',
    reply: () =>
      answer([
        'The next payload is not JSON.',
        { bad: 'json' },
        ' The answer continues. The next payload is JSON, but not a chunk.',
        { bad: 'schema' },
        ' It still continues. Select the **L** marbles in the inspector.',
      ]),
  },
  {
    id: 'tool-call',
    name: 'Tool calls',
    hint: 'The page runs what the model calls. A call that changes something needs your approval.',
    question: 'What is the weather in Oslo and in Bergen? Remind me of what to pack.',
    view: 'tools',
    reply: (_, request) => {
      const [oslo, , reminder] = resultsIn(request);
      if (oslo === undefined) {
        return answer([
          'Let me look that up.',
          { toolCall: { id: 'call_oslo', name: 'weather', arguments: { city: 'Oslo' } } },
          { toolCall: { id: 'call_bergen', name: 'weather', arguments: { city: 'Bergen' } } },
        ]);
      }
      if (reminder === undefined) {
        return answer([
          'Oslo has **4\u00a0°C** and clear sky; Bergen has **7\u00a0°C** and, as one would expect, rain. ☔',
          {
            toolCall: {
              id: 'call_reminder',
              name: 'set_reminder',
              arguments: { text: 'Pack a warm coat and an umbrella', time: '18:00' },
            },
          },
        ]);
      }
      return answer([
        reminder.startsWith('Reminder set')
          ? 'I will remind you at **18:00**: a warm coat and an umbrella.'
          : 'I did not set a reminder. Pack a warm coat and an umbrella.',
      ]);
    },
  },
  {
    id: 'recipe',
    name: 'A growing object',
    hint: 'JSON, decoded by io-ts while the model writes it. Numbers appear when they are complete.',
    question: 'How do I make pancakes?',
    view: 'recipe',
  },
  {
    id: 'reasoning',
    name: 'Reasoning',
    hint: 'Reasoning is a separate channel, and collapses when the answer starts.',
    question: 'Think: is 1,001 a prime?',
    reply: () =>
      answer([
        {
          reasoning:
            'The digits sum to 2, so 3 is out. 1,001 ends in 1, so 2 and 5 are out. Try 7: 7 × 143 = 1,001. That settles it; and 143 = 11 × 13.',
        },
        'No: **1,001 = 7 × 11 × 13**.',
      ]),
  },
  {
    id: 'split-characters',
    name: 'Split characters',
    hint: 'Reads end inside é, 漢 and 🙂. None is damaged.',
    question: 'Write something with é, 漢字 and 🙂.',
    reply: () =>
      answer([
        'Each of these arrived in two reads: ',
        { cutCharacter: 'é' },
        ' in *caf',
        { cutCharacter: 'é' },
        '*, ',
        { cutCharacter: '漢' },
        { cutCharacter: '字' },
        ', and ',
        { cutCharacter: '🙂' },
        ' as well.',
      ]),
  },
  {
    id: 'flood',
    name: '10,000 tokens',
    hint: 'Faster than the screen: rendered at most once a frame.',
    question: 'Say ten thousand words as fast as you can.',
    reply: () => answer(flood, { delayMs: 12, usage: [9, 10_000] }),
  },
  {
    id: 'hostile',
    name: 'Hostile Markdown',
    hint: 'Scripts, javascript: links and event handlers are shown as text.',
    question: 'Try to run something in my page.',
    reply: () =>
      answer([
        'A script: <script>window.pwned = 1</script>\n\nA handler: <img src=x onerror="window.pwned = 2">\n\n' +
          'A link: [click me](javascript:window.pwned=3) and [this](data:text/html,<script>alert(1)</script>)\n\n' +
          'Other spellings: [x](JaVaScRiPt:window.pwned=4), [y]( javascript:alert(1))\n\n' +
          'An image that would contact its server: ![pixel](https://tracker.example.com/p.gif)\n\n' +
          'Bare: https://example.com/a?b=c&d="onmouseover=alert(1)\n\n<iframe srcdoc="<script>parent.pwned=5</script>"></iframe>',
      ]),
  },
];
