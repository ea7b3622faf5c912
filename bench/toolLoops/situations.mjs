/** The only tool, and the arguments of a call that fits. */
export const TOOL = 'weather';
const ARGUMENTS = '{"city":"Oslo"}';
/** The answer of the scripted model once it has a result. */
export const ANSWER = 'It is 7 °C.';
/** The number of requests after which the scripted model stops repeating its call. */
const MANY = 30;

const calls = (text, finish) => ({
  parts: [{ toolCall: { name: TOOL, arguments: text, id: 'call_1' } }],
  finish,
});

/** A call whose arguments are the JSON value `null` on the wire, in place of a string. */
const callWithoutArguments = {
  parts: [
    {
      frames: {
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created: 1_790_000_000,
        model: 'scripted',
        choices: [
          {
            index: 0,
            delta: {
              role: 'assistant',
              tool_calls: [
                { index: 0, id: 'call_1', type: 'function', function: { name: TOOL, arguments: null } },
              ],
            },
            finish_reason: null,
          },
        ],
      },
    },
  ],
  finish: 'tool_calls',
};

const once =
  (reply) =>
  ({ turn }) =>
    turn === 0 ? reply : ANSWER;

/** A call in every reply, with an id of its own. */
const always = ({ turn }) =>
  turn < MANY
    ? {
        parts: [{ toolCall: { name: TOOL, arguments: ARGUMENTS, id: `call_${turn}` } }],
        finish: 'tool_calls',
      }
    : ANSWER;

/**
 * The situations.
 *
 * - `about`: the replies of the server, for the page.
 * - `replies`: the script of the server.
 * - `tool`: the behavior of the tool; `works` by default, otherwise `waits` or `throws`.
 * - `usesSignal`: whether a tool that waits stops if its signal aborts; true by default.
 * - `limit`: whether the loop has a limit of 10 requests. Otherwise it has its default.
 */
export const situations = [
  {
    id: 'cut',
    title: 'Call cut off inside its arguments',
    about: 'The first response ends with the finish reason `length` after `{"city":"Os`.',
    replies: once(calls('{"city":"Os', 'length')),
    limit: true,
  },
  {
    id: 'cut-after',
    title: 'Response cut off after a call',
    about: `The first response ends with the finish reason \`length\` after \`${ARGUMENTS}\`. The arguments parse, but more calls or fields may be missing.`,
    replies: once(calls(ARGUMENTS, 'length')),
    limit: true,
  },
  {
    id: 'null-text',
    title: 'Arguments `"null"`',
    about:
      'The arguments are a string that contains the JSON text `null`. The tool expects an object with a city.',
    replies: once(calls('null', 'tool_calls')),
    limit: true,
  },
  {
    id: 'null',
    title: 'Arguments `null`',
    about: 'The field `arguments` is `null` in place of a string. The tool expects an object with a city.',
    replies: once(callWithoutArguments),
    limit: true,
  },
  {
    id: 'repeat',
    title: 'The same call in every response, limit of 10 requests',
    about: `Every response calls the tool with \`${ARGUMENTS}\`.`,
    replies: always,
    limit: true,
  },
  {
    id: 'repeat-default',
    title: 'The same call in every response, default options',
    about: `As above, without a limit in the options. After ${MANY} requests the server would answer.`,
    replies: always,
    limit: false,
  },
  {
    id: 'abort',
    title: 'Abort while the tool runs',
    about: 'The tool takes half a second, and stops early if its signal aborts. The user aborts after 50 ms.',
    replies: once(calls(ARGUMENTS, 'tool_calls')),
    tool: 'waits',
    limit: true,
  },
  {
    id: 'abort-ignored',
    title: 'Abort while a tool runs that ignores its signal',
    about: 'As above, but the tool takes half a second in any case.',
    replies: once(calls(ARGUMENTS, 'tool_calls')),
    tool: 'waits',
    usesSignal: false,
    limit: true,
  },
  {
    id: 'throw',
    title: 'A tool that throws',
    about: 'The tool throws `new Error("no connection")`.',
    replies: once(calls(ARGUMENTS, 'tool_calls')),
    tool: 'throws',
    limit: true,
  },
];
