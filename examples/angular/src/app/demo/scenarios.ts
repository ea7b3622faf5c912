import type { Answer, Part, Reply, ScriptedRequest } from 'rxjs-chat-completions/testing';

/** A thing that happens on real networks, played by the scripted model. */
export interface Scenario {
  /** Stands in the address: `#scenario=rate-limit`. */
  readonly id: string;
  readonly name: string;
  /** What to look at. */
  readonly hint: string;
  readonly question: string;
  /** What is answered, by how often this question was asked. */
  readonly reply: (attempt: number, request: ScriptedRequest) => Reply;
}

const TOUR = `Here is what this answer is made of — **bold**, *italic*, ~~gone~~ and \`inline code\`:

1. The bytes of the answer become lines and events, wherever the reads were cut.
2. Each event becomes a *validated* chunk, or a \`Left\` that says what was wrong with it.
3. Operators make of the chunks what a screen draws.

\`\`\`ts
chatCompletion$(config, { model, messages })
  .pipe(retryChat(), takeUntil(stop$), toChatState(), perFrame())
  .subscribe((state) => draw(state));
\`\`\`

| operator | what flows after it |
| --- | --- |
| \`contentDeltas()\` | the text, a piece at a time |
| \`toChatState()\` | one state for a screen |
| \`perFrame()\` | at most one value a frame |

> Unsubscribe, and the request is aborted in the same tick.

Links work: [rxjs.dev](https://rxjs.dev). Pictures are links, since one that loads by itself tells its server you read it.`;

const WHOLE =
  'This time the connection held. The first attempt is gone from the history: **Regenerate** dropped it and asked again.';

const toolReplied = ({ body }: ScriptedRequest): boolean =>
  (body as { messages: readonly { role: string }[] }).messages.at(-1)?.role === 'tool';

const WORDS = 'fast text comes in small pieces, and is drawn once a frame. '.split(/(?<= )/);

/** Ten thousand tokens in 250 reads. */
const flood: readonly Part[] = Array.from({ length: 250 }, (_, read) => ({
  said: Array.from({ length: 40 }, (_, i) =>
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
    hint: 'A cold model loads before it says anything. Nothing times out meanwhile.',
    question: 'Are you awake?',
    reply: () =>
      answer(
        [
          'Yes, now. A cold model takes its time to load; `timeouts.first` is five minutes, so that nobody cancels it half-way.',
        ],
        {
          headAfterMs: 3_500,
        },
      ),
  },
  {
    id: 'rate-limit',
    name: '429 storm',
    hint: 'Three refusals, each with retry-after. Watch the countdown, or skip it.',
    question: 'Answer me although you are busy.',
    reply: (attempt) =>
      attempt % 4 < 3
        ? {
            status: 429,
            message: 'Rate limit reached for the scripted model.',
            code: 'rate_limit_exceeded',
            headers: { 'retry-after': '3' },
          }
        : answer(['Fourth time lucky. The waits were those the server asked for with `retry-after`.']),
  },
  {
    id: 'cut',
    name: 'Cut connection',
    hint: 'The socket breaks in the middle. What came stays on the screen.',
    question: 'Tell me a story that is cut short.',
    reply: (attempt) =>
      attempt % 2 === 0
        ? answer([
            'Once upon a time there was an answer, half of which had already crossed the sea when the cable',
            { cut: 'socket' },
          ])
        : answer([WHOLE]),
  },
  {
    id: 'truncated',
    name: 'Crashed model',
    hint: 'The body ends politely, the answer does not: no finish reason, no [DONE].',
    question: 'Explain how a crash can look like an end.',
    reply: (attempt) =>
      attempt % 2 === 0
        ? answer([
            'The server closes the stream as if all were well, but the last thing it said was',
            { cut: 'body' },
          ])
        : answer([WHOLE]),
  },
  {
    id: 'malformed',
    name: 'Malformed chunk',
    hint: 'Two chunks cannot be read. They are Lefts in the stream, and it goes on.',
    question: 'Send me a chunk that is no JSON.',
    reply: () =>
      answer([
        'The next payload is no JSON.',
        { bad: 'json' },
        ' Still here. The next is JSON, but no chunk.',
        { bad: 'schema' },
        ' Still here, too: select the **L** marbles in the inspector.',
      ]),
  },
  {
    id: 'tool-call',
    name: 'Tool call',
    hint: 'The arguments stream in, this page runs the tool, the model goes on.',
    question: 'What is the weather in Oslo and in Bergen?',
    reply: (_, request) =>
      toolReplied(request)
        ? answer(['Oslo has **4 °C** and clear sky; Bergen has **7 °C** and, as one would expect, rain. ☔'])
        : answer([
            'Let me look that up.',
            { toolCall: { id: 'call_oslo', name: 'weather', arguments: { city: 'Oslo', unit: 'celsius' } } },
            {
              toolCall: {
                id: 'call_bergen',
                name: 'weather',
                arguments: { city: 'Bergen', unit: 'celsius' },
                index: 1,
              },
            },
          ]),
  },
  {
    id: 'reasoning',
    name: 'Reasoning',
    hint: 'What the model thinks is a channel of its own, and folds away.',
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
    name: 'Characters cut in two',
    hint: 'Reads end inside of é, 漢 and 🙂. None is damaged.',
    question: 'Write something with é, 漢字 and 🙂.',
    reply: () =>
      answer([
        'Each of these came in two reads: ',
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
    hint: 'Faster than any screen: drawn at most once a frame.',
    question: 'Say ten thousand words as fast as you can.',
    reply: () => answer(flood, { delayMs: 12 }),
  },
  {
    id: 'hostile',
    name: 'Hostile Markdown',
    hint: 'Scripts, javascript: links, event handlers. All of it is text.',
    question: 'Try to run something in my page.',
    reply: () =>
      answer([
        'A script: <script>window.pwned = 1</script>\n\nA handler: <img src=x onerror="window.pwned = 2">\n\n' +
          'A link: [click me](javascript:window.pwned=3) and [this](data:text/html,<script>alert(1)</script>)\n\n' +
          'Spelled cleverly: [x](JaVaScRiPt:window.pwned=4), [y]( javascript:alert(1))\n\n' +
          'A picture that would phone home: ![pixel](https://tracker.example.com/p.gif)\n\n' +
          'Bare: https://example.com/a?b=c&d="onmouseover=alert(1)\n\n<iframe srcdoc="<script>parent.pwned=5</script>"></iframe>',
      ]),
  },
];
