import { lastValueFrom, of, type Observable } from 'rxjs';
import * as t from 'io-ts';
import { bytesOf, doneFrame, finishChunk, head200, textChunk } from 'rxjs-chat-completions/testing';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { AnswerFunction } from '../../lib/conversation/AnswerFunction';
import { conversation } from '../../lib/conversation/conversation';
import type { ConversationCommand } from '../../lib/conversation/ConversationCommand';
import { runTools$ } from '../../lib/tools/runTools';
import { tool } from '../../lib/tools/tool';
import { toRunState } from '../../lib/tools/toRunState';
import type { Bytes, ResponseHead } from '../../lib/transport/transport';
import { played, recordings, type RecordedAnswer } from '../helpers/recordings';
import { faultsOf } from '../helpers/toolEvents';

type Json = Readonly<Record<string, unknown>>;

/** The payloads of a recorded stream, as JSON. */
function payloadsOf({ body }: RecordedAnswer): readonly Json[] {
  return new TextDecoder()
    .decode(body)
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .flatMap((line) => {
      try {
        const json: unknown = JSON.parse(line.slice(5));
        return [Object(json) as Json];
      } catch {
        return [];
      }
    });
}

/** The deltas of the first choice. */
const deltasOf = (answer: RecordedAnswer): readonly Json[] =>
  payloadsOf(answer).flatMap(({ choices }) =>
    ((choices ?? []) as readonly Json[])
      .filter(({ index }) => (index ?? 0) === 0)
      .map(({ delta }) => (delta ?? {}) as Json),
  );

const listIn = (delta: Json, field: string): readonly Json[] =>
  Array.isArray(delta[field]) ? (delta[field] as readonly Json[]) : [];

const joined = (deltas: readonly Json[], field: string): string =>
  deltas.map((delta) => (typeof delta[field] === 'string' ? delta[field] : '')).join('');

/** The fields that the provider requires, read without this library. */
function wanted(answer: RecordedAnswer): {
  readonly texts: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
} {
  const deltas = deltasOf(answer);
  const details = deltas.flatMap((delta) => listIn(delta, 'reasoning_details'));
  return {
    texts: Object.fromEntries(
      ['reasoning', 'reasoning_content'].map((field) => [field, joined(deltas, field)]),
    ),
    secrets: [
      ...details.flatMap(({ signature, data }) => [signature, data]),
      ...deltas
        .flatMap((delta) => [delta, ...listIn(delta, 'tool_calls')])
        .flatMap(({ extra_content }) => (extra_content === undefined ? [] : [JSON.stringify(extra_content)])),
    ].filter((secret): secret is string => typeof secret === 'string' && secret !== ''),
  };
}

const withReasoningOrTools = recordings.filter(
  (answer) =>
    answer.kind === 'stream' &&
    answer.expect.error === undefined &&
    answer.expect.choices === undefined &&
    (answer.expect.toolCalls.length > 0 || (answer.expect.reasoning ?? '') !== ''),
);

/** Asks twice: the first request is answered by the recording, each later one by a text. */
async function askTwice(answer: RecordedAnswer): Promise<readonly { readonly messages: readonly Json[] }[]> {
  const requests: { readonly messages: readonly Json[] }[] = [];
  const text$: Observable<ResponseHead | Bytes> = of(
    head200,
    bytesOf(textChunk('Good.')),
    bytesOf(finishChunk('stop')),
    bytesOf(doneFrame()),
  );
  const transport = ({ body }: { readonly body?: unknown }) => {
    requests.push(JSON.parse(body as string) as (typeof requests)[number]);
    return requests.length === 1 ? played(answer, 64) : text$;
  };
  const names = [...new Set(answer.expect.toolCalls.map(({ name }) => name))];
  const tools = names.map((name) =>
    tool({ name, input: t.UnknownRecord, parameters: {}, run: () => 'done' }),
  );
  const ask: AnswerFunction = (messages) =>
    runTools$((request) => chatCompletion$({ transport }, request), { model: 'any', messages }, tools).pipe(
      toRunState(),
    );
  const command$ = of<ConversationCommand[]>(
    { type: 'send', content: 'First' },
    { type: 'send', content: 'Second' },
  );
  await lastValueFrom(command$.pipe(conversation({ answer: ask, whileBusy: 'queue' })));
  return requests;
}

describe(`two turns of a conversation with each of ${withReasoningOrTools.length} recorded streams with reasoning or tools`, () => {
  it.each(withReasoningOrTools.map((answer) => [answer.name, answer] as const))(
    'send back what %s requires',
    async (_, answer) => {
      const requests = await askTwice(answer);
      const last = requests.at(-1)!.messages;
      for (const { messages } of requests) expect(faultsOf(messages as never)).toEqual([]);
      expect(last.filter(({ role }) => role === 'user').map(({ content }) => content)).toEqual([
        'First',
        'Second',
      ]);
      const { texts, secrets } = wanted(answer);
      const sent = last.find(({ role }) => role === 'assistant');
      const calls = (sent?.tool_calls ?? []) as readonly Json[];
      if (calls.length > 0) {
        for (const [field, text] of Object.entries(texts)) {
          expect(sent?.[field] ?? '').toBe(text);
        }
        // The text of arguments that are an object is not written again.
        answer.expect.toolCalls.forEach(({ name: called, arguments: text }, place) => {
          expect(calls[place]).toMatchObject({ function: { name: called } });
          if (isObjectText(text)) expect(calls[place]).toMatchObject({ function: { arguments: text } });
        });
      }
      if (sent === undefined) return;
      const json = JSON.stringify(last);
      for (const secret of new Set(secrets)) {
        const isThere = json.includes(secret) || json.includes(JSON.stringify(secret).slice(1, -1));
        // A signature may arrive in several deltas.
        expect(isThere ? secret : `missing: ${secret}`).toBe(secret);
      }
    },
  );
});

describe('the second request of a conversation', () => {
  const call = { id: 'c', type: 'function', function: { name: 'w', arguments: '{"city": "Oslo"}' } };
  const details = [{ type: 'reasoning.text', text: 'Hm.', signature: 'c2ln', index: 0 }];

  it.each<[string, Json, Json]>([
    [
      'Gemini 3, with the signature of a call without an id',
      { tool_calls: [{ ...call, id: '', extra_content: { google: { thought_signature: 'c2ln' } } }] },
      { tool_calls: [{ ...call, id: 'call_1_0', extra_content: { google: { thought_signature: 'c2ln' } } }] },
    ],
    [
      'DeepSeek and Kimi, with reasoning beside the call',
      { reasoning_content: 'Hm.', tool_calls: [call] },
      { reasoning_content: 'Hm.', tool_calls: [call] },
    ],
    [
      'Claude through OpenRouter, with signed blocks',
      { reasoning: 'Hm.', reasoning_details: details, tool_calls: [call] },
      { reasoning: 'Hm.', reasoning_details: details, tool_calls: [call] },
    ],
    [
      'Claude through OpenRouter, without a call',
      { content: 'Yes.', reasoning_details: details },
      { content: 'Yes.', reasoning_details: details },
    ],
  ])('is complete for %s', async (_, delta, expected) => {
    const chunk = { choices: [{ index: 0, delta, finish_reason: delta.tool_calls ? 'tool_calls' : 'stop' }] };
    const body = new TextEncoder().encode(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
    const toolCalls = delta.tool_calls ? [{ id: '', name: 'w', arguments: '' }] : [];
    const requests = await askTwice({
      name: 'crafted',
      kind: 'stream',
      head: head200,
      body,
      expect: { content: '', toolCalls, finishReason: null, usage: null },
    });
    const sent = requests.at(-1)!.messages.find(({ role }) => role === 'assistant');
    expect(sent).toMatchObject(expected);
  });
});

function isObjectText(text: string): boolean {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json);
  } catch {
    return false;
  }
}
