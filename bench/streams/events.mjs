// The events of the generated streams. They contain counters and nothing random, so every run reads the same bytes.

const ANSWER = `Here's what "backpressure" means, in one sentence: a reader that is slower than its writer
gets to say so. Suppose a model writes 80 tokens a second, and every one of them is stored:

\`\`\`ts
const stored = await db.insert({ token, at: Date.now() });
if (!stored) throw new Error("no room\\tleft");
\`\`\`

* **Push**: the writer decides; what is not taken yet has to be *kept*, and memory grows (40 MB after an hour).
* **Pull**: the reader asks. Nothing is made that nobody asked for – it costs one promise per read.

So which one is "right"? Neither: a screen wants pushes, a file wants pulls. Naïve code gets both wrong. Ça dépend… 你好 👋
`;

/** Words with a leading space, and punctuation, as tokens are. */
const TOKENS = ANSWER.match(/\p{L}+| \p{L}+|\d{1,3}| ?[^\p{L}\d\s]|\s/gu);

const tokenAt = (i) => TOKENS[i % TOKENS.length];

/** Letters and digits that differ completely between consecutive `i`. */
const scrambled = (i, length) =>
  (Math.imul(i + 1, 0x9e3779b1) >>> 0).toString(36).padStart(7, 'x').repeat(3).slice(0, length);

const data = (json) => `data: ${JSON.stringify(json)}\n\n`;
const DONE = 'data: [DONE]\n\n';

const common = {
  id: 'chatcmpl-CYc7gM0nXbWq2TtK8rUe4HdLzVp1s',
  object: 'chat.completion.chunk',
  created: 1762435678,
  model: 'gpt-4o-mini-2024-07-18',
  system_fingerprint: 'fp_560af6e559',
};
const chunk = (delta, finish_reason = null, fields = common) =>
  data({ ...fields, choices: [{ index: 0, delta, logprobs: null, finish_reason }] });
const usage = (completion_tokens) =>
  data({
    ...common,
    choices: [],
    usage: { prompt_tokens: 12, completion_tokens, total_tokens: 12 + completion_tokens },
  });

/** Small content deltas with the fields that OpenAI sends. */
function content(length) {
  return {
    head: [chunk({ role: 'assistant', content: '', refusal: null })],
    block: Array.from({ length }, (_, i) => chunk({ content: tokenAt(i) })),
    tail: [chunk({}, 'stop'), usage(length), DONE],
    text: Array.from({ length }, (_, i) => tokenAt(i)),
  };
}

/**
 * Content deltas in which consecutive chunks differ around the content: in id, time and length of padding. No server sends
 * all of that. It shows the cost where a chunk is not the previous one with another text.
 */
function unlike(length) {
  const fields = (i) => ({ ...common, id: `chatcmpl-${scrambled(i, 20)}`, created: common.created + i });
  const padded = (i) =>
    data({
      ...fields(i),
      choices: [{ index: 0, delta: { content: tokenAt(i) }, logprobs: null, finish_reason: null }],
      obfuscation: scrambled(i * 7, 1 + (i % 16)),
    });
  return { ...content(length), block: Array.from({ length }, (_, i) => padded(i)) };
}

/**
 * The same, with another fingerprint in each, which this library has no place for in a template. It shows the cost of parsing
 * every chunk.
 */
function parsed(length) {
  const marked = (event, i) => event.replace(common.system_fingerprint, `fp_${scrambled(i * 3, 10)}`);
  return { ...content(length), block: unlike(length).block.map(marked) };
}

/** One tool call, with a fragment of its arguments in each event. */
function toolCall(length) {
  const call = {
    index: 0,
    id: 'call_pQ3jzN7rXa',
    type: 'function',
    function: { name: 'store', arguments: '' },
  };
  const escaped = (i) => JSON.stringify(tokenAt(i)).slice(1, -1);
  const fragments = Array.from({ length }, (_, i) =>
    i === 0 ? '{"text":"' : i === length - 1 ? '"}' : escaped(i),
  );
  return {
    head: [chunk({ role: 'assistant', content: null, tool_calls: [call] })],
    block: fragments.map((fragment) =>
      chunk({ tool_calls: [{ index: 0, function: { arguments: fragment } }] }),
    ),
    tail: [chunk({}, 'tool_calls'), usage(length), DONE],
    text: [],
    arguments: fragments,
  };
}

/** The same content as lines of JSON, as in Ollama's own API. */
function ollama(length) {
  const line = (json) =>
    `${JSON.stringify({ model: 'llama3.2', created_at: '2026-11-06T13:27:58.123456Z', ...json })}\n`;
  return {
    head: [line({ message: { role: 'assistant', content: '' }, done: false })],
    block: Array.from({ length }, (_, i) =>
      line({ message: { role: 'assistant', content: tokenAt(i) }, done: false }),
    ),
    tail: [
      line({
        message: { role: 'assistant', content: '' },
        done: true,
        done_reason: 'stop',
        eval_count: length,
        prompt_eval_count: 12,
      }),
    ],
    text: Array.from({ length }, (_, i) => tokenAt(i)),
  };
}

/**
 * The streams by name, each a function of the number of events in its long part. They return the events before that part, its
 * own events and those after it, and the text and tool-call arguments in fragments.
 */
export const eventsOf = { content, unlike, parsed, toolCall, ollama };
