// Writes docs/finish-reasons.md: the finish reasons that servers send, and the effect of each on an answer. The table is that of
// spec/helpers/finishReasons.ts. With --check it writes nothing, and fails if the page is not current.
import { fileURLToPath } from 'node:url';

import { require as load } from 'tsx/cjs/api';

import { writePage } from './write-page.mjs';

const root = new URL('..', import.meta.url);
const { FINISH_REASONS } = load(
  fileURLToPath(new URL('spec/helpers/finishReasons.ts', root)),
  import.meta.url,
);

const KINDS = {
  finished: {
    title: 'The answer is finished',
    text: [
      'The model ended its answer. A tool call is complete if its arguments parse as JSON; no arguments at all (`""`) are fine.',
    ],
    status: '`done`',
    complete: 'if its arguments are JSON',
    retry: 'no',
  },
  'cut-off': {
    title: 'The answer is cut off',
    text: [
      'A limit or a filter ended the answer early. It is shown as it is, and no tool call of it is run.',
    ],
    status: '`done`',
    complete: 'no',
    retry: 'no',
  },
  failed: {
    title: 'The answer has failed',
    text: ['The server reports a failure by its finish reason. The call errors with a `ServerError`.'],
    status: '`failed`',
    complete: 'no',
    retry: '',
  },
  unknown: {
    title: 'The reason has no known effect',
    text: [
      'A reason that is in no table ends the answer and is passed on, and no tool call of it is run. These are known and have the same',
      'effect:',
    ],
    status: '`done`',
    complete: 'no',
    retry: 'no',
  },
};

/** Text in a cell: no character of it is markup, except for code. */
const cell = (text) => text.replace(/[\\|*_<>[\]]/g, '\\$&').replaceAll('\n', ' ');

const lines = [
  '# Finish reasons',
  '',
  'The `finish_reason` of a choice decides three things: the `status` of a `ChatState`, whether a tool call is `complete`, and whether',
  '`retryChat()` may send the request again. Case and separators do not count: `tool_calls`, `TOOL_CALLS`, `tool-calls` and',
  '`toolCalls` are one reason. `finishKind(reason)` returns the effect.',
  '',
  'The good reasons are a closed list, so a reason that no one has seen yet never makes half a tool call look complete. `null`, `""`,',
  '`"null"`, `"undefined"`, `"none"`, `"not_finished"` and `"FINISH_REASON_UNSPECIFIED"` mean that the answer has not ended.',
  '',
  'Written from `spec/helpers/finishReasons.ts` by `node scripts/finish-reasons.mjs`.',
  '',
];
for (const [kind, { title, text, status, complete, retry }] of Object.entries(KINDS)) {
  lines.push(
    `## ${title}`,
    '',
    ...text,
    '',
    '| reason | sent by | status | tool call `complete` | retried before output |',
    '| --- | --- | --- | --- | --- |',
  );
  for (const known of FINISH_REASONS) {
    if (known.kind !== kind) continue;
    const retried = kind === 'failed' ? (known.retryable ? 'yes' : 'no') : retry;
    lines.push(
      `| \`${known.reason}\` | ${cell(known.from).replace(/`([^`]*)`/g, (code) => code.replaceAll('\\', ''))} | ${status} | ${complete} | ${retried} |`,
    );
  }
  lines.push('');
}
await writePage('finish-reasons.md', lines, `${FINISH_REASONS.length} reasons`);
