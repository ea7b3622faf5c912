import * as fc from 'fast-check';
import { firstValueFrom, lastValueFrom, NEVER, of, toArray } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import { responses } from '../../lib/dialects/responses/responses';
import { addChunk, emptyCompletion } from '../../lib/fold/completion';
import { orFail } from '../../lib/operators/either/orFail';
import type { AssistantMessage } from '../../lib/request/Message';
import type { TransportRequest } from '../../lib/transport/transport';
import { bytesOf } from '../helpers/reads';

type Item = Readonly<Record<string, unknown>> & { readonly type: string };
type Event = Readonly<Record<string, unknown>>;

const request = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] } as const;
const text = fc.string({ minLength: 1, maxLength: 8 });

const reasoning = fc.record({
  type: fc.constant('reasoning'),
  encrypted_content: text,
  summary: fc.array(fc.record({ type: fc.constant('summary_text'), text }), { maxLength: 2 }),
});
const call = fc.record({ type: fc.constant('function_call'), name: text, arguments: text });
const custom = fc.record({ type: fc.constant('custom_tool_call'), name: text, input: text });
const message = fc.record({
  type: fc.constant('message'),
  content: fc.array(
    fc.oneof(
      fc.record({ type: fc.constant('output_text'), text, annotations: fc.constant([]) }),
      fc.record({ type: fc.constant('refusal'), refusal: text }),
    ),
    { minLength: 1, maxLength: 2 },
  ),
});
const output: fc.Arbitrary<readonly Item[]> = fc
  .array(fc.oneof(reasoning, call, custom, message), { maxLength: 6 })
  .map((items) =>
    items.map((item, at) => ({
      ...item,
      id: `i${at}`,
      ...(isCall(item) && { call_id: `c${at}` }),
      ...('encrypted_content' in item && { encrypted_content: `${at}${item.encrypted_content}` }),
      ...('content' in item && {
        content: item.content.map((part, n) => ({ ...part, annotations: [{ type: 'x', n: 10 * at + n }] })),
      }),
    })),
  );

const isCall = ({ type }: { readonly type: string }): boolean => type.endsWith('_call');

/** The parts of a stream that a server may leave out or send otherwise. */
interface Habits {
  /** The number of characters of each item that arrive as deltas. */
  readonly deltas: readonly number[];
  readonly index: boolean;
  readonly id: boolean;
  /** Whether deltas precede the event that begins their call. */
  readonly early: boolean;
  readonly done: boolean;
  readonly added: boolean;
}
const habits: fc.Arbitrary<Habits> = fc.record({
  deltas: fc.array(fc.nat(9), { minLength: 6, maxLength: 6 }),
  index: fc.boolean(),
  id: fc.boolean(),
  early: fc.boolean(),
  done: fc.boolean(),
  added: fc.boolean(),
});

/** Returns the events that a server sends for an item. */
function eventsOf(
  item: Item,
  at: number,
  { deltas, index, id, early, done, added }: Habits,
): readonly Event[] {
  const place = { ...((index || !id) && { output_index: at }), ...(id && { item_id: item.id }) };
  const length = deltas[at] ?? 0;
  const cut = (full: string): readonly string[] => [
    full.slice(0, Math.ceil(length / 2)),
    full.slice(Math.ceil(length / 2), length),
  ];
  const sent = (type: string, full: string): readonly Event[] =>
    cut(full).map((delta) => ({ type: `response.${type}.delta`, delta, ...place }));
  const end = { type: 'response.output_item.done', item, ...place };
  if (isCall(item)) {
    const isCustom = item.type === 'custom_tool_call';
    const kind = isCustom ? 'custom_tool_call_input' : 'function_call_arguments';
    const full = String(isCustom ? item.input : item.arguments);
    const written = sent(kind, full);
    const begun = {
      type: 'response.output_item.added',
      item: { ...item, arguments: '', input: undefined },
      ...place,
    };
    const complete = { type: `response.${kind}.done`, [isCustom ? 'input' : 'arguments']: full, ...place };
    const begins = added ? [begun] : [];
    return [...(early ? [...written, ...begins] : [...begins, ...written]), ...(done ? [complete] : []), end];
  }
  if (item.type === 'reasoning') {
    const parts = item.summary as ReadonlyArray<{ readonly text: string }>;
    // Deltas of all parts, or of none.
    const isSent = length > 4;
    const written = parts.flatMap((part, summary_index) => [
      { type: 'response.reasoning_summary_part.added', summary_index, ...place },
      { type: 'response.reasoning_summary_text.delta', delta: part.text, ...place },
    ]);
    return [...(isSent ? written : []), end];
  }
  const parts = item.content as ReadonlyArray<{ readonly text?: string; readonly refusal?: string }>;
  const [{ text: said = '' } = {}] = parts.filter((part) => part.text !== undefined);
  return [...sent('output_text', said), end];
}

const stream = { status: 200, headers: { 'content-type': 'text/event-stream' } };
const json = { status: 200, headers: { 'content-type': 'application/json' } };

async function streamed(events: readonly Event[]): Promise<AssistantMessage> {
  const body = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
  const transport = responses(() => of(stream, bytesOf(body)));
  const chunks = await lastValueFrom(chatCompletion$({ transport }, request).pipe(orFail(), toArray()));
  const { choices } = chunks.reduce((all, chunk) => addChunk(all, chunk), emptyCompletion);
  return choices[0]?.message as AssistantMessage;
}

async function whole(response: object): Promise<AssistantMessage> {
  const transport = responses(() => of(json, bytesOf(JSON.stringify(response))));
  const { choices } = await firstValueFrom(completion$({ transport }, request));
  return choices[0]?.message as AssistantMessage;
}

/** Returns the items of an answer as the next request returns them. */
function returned(answer: AssistantMessage): readonly Item[] {
  let sent: TransportRequest | undefined;
  const transport = responses((each) => {
    sent = each;
    return NEVER;
  });
  chatCompletion$({ transport }, { ...request, messages: [answer] })
    .subscribe()
    .unsubscribe();
  return (JSON.parse(sent?.body ?? '{}') as { readonly input: readonly Item[] }).input;
}

const withoutEmpty = (value: unknown): unknown => {
  const entries = Object.entries(value as object).filter(([, field]) => field != null && field !== '');
  return Object.fromEntries(entries);
};

describe('the items of a response', () => {
  it('make the same message as a stream, in any order and with any events left out, and as a completion', async () => {
    await fc.assert(
      fc.asyncProperty(output, habits, async (items, habit) => {
        const response = { id: 'r', status: 'completed', output: items };
        const events = [
          { type: 'response.created', response: { id: 'r' } },
          ...items.flatMap((item, at) => eventsOf(item, at, habit)),
          { type: 'response.completed', response },
        ];
        const answer = withoutEmpty(await whole(response));
        expect(withoutEmpty(await streamed(events))).toEqual(answer);
        // A server that sends the items only at the end.
        const last = [events[0] as Event, events.at(-1) as Event];
        expect(withoutEmpty(await streamed(last))).toEqual(answer);
      }),
    );
  });

  const ways = ['delta', 'part', 'item'] as const;

  it('have each text once, whichever event is the first to contain it', async () => {
    const all = fc.array(text, { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        all,
        fc.nat(6),
        fc.constantFrom(...ways),
        fc.boolean(),
        async (given, count, way, isReasoning) => {
          const field = isReasoning ? 'reasoning' : 'content';
          const type = isReasoning ? 'reasoning_text' : 'output_text';
          const itemOf = (full: string): Item => ({
            type: isReasoning ? 'reasoning' : 'message',
            content: [{ type, text: full }],
          });
          // An equal text may be the same one.
          const texts = given.map((each, at) => `${at}${each}`);
          // The complete response alone has the others.
          const events = texts.slice(0, count).map((full, output_index): Event => {
            if (way === 'delta') return { type: `response.${type}.delta`, delta: full, output_index };
            if (way === 'part') return { type: `response.${type}.done`, text: full, output_index };
            return { type: 'response.output_item.done', item: itemOf(full), output_index };
          });
          const response = { status: 'completed', output: texts.map(itemOf) };
          const answer = await streamed([...events, { type: 'response.completed', response }]);
          const received = (answer[field] as string | null | undefined) ?? '';
          // Only the end of an item separates reasoning.
          const plain = (joined: string): string => joined.replaceAll('\n\n', '');
          expect(plain(received)).toBe(plain(texts.join('')));
        },
      ),
    );
  });

  it('return in their order: reasoning keeps its place between texts and calls', async () => {
    const between = fc.tuple(
      fc.option(text.map((said) => ({ type: 'message', content: [{ type: 'output_text', text: said }] }))),
      fc.array(call, { maxLength: 2 }),
    );
    const turns = fc.array(fc.tuple(reasoning, between), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(turns, fc.boolean(), async (steps, isStreamed) => {
        const items = steps
          .flatMap(([thought, [said, calls]]) => [thought, ...(said === null ? [] : [said]), ...calls])
          .map((item, at) => ({
            ...item,
            id: `i${at}`,
            ...(isCall(item) && { call_id: `c${at}` }),
            ...('encrypted_content' in item && { encrypted_content: `${at}${item.encrypted_content}` }),
          }));
        const response = { id: 'r', status: 'completed', output: items };
        const answer = isStreamed
          ? await streamed([{ type: 'response.completed', response }])
          : await whole(response);
        const expected = items.map((item) => (item.type === 'reasoning' ? item.id : item.type));
        const input = returned(answer).map((item) => (item.type === 'reasoning' ? item.id : item.type));
        expect(input).toEqual(expected);
      }),
    );
  });

  it('return the phase of the text, which newer models expect', async () => {
    const said = {
      type: 'message',
      content: [{ type: 'output_text', text: 'A look.' }],
      phase: 'commentary',
    };
    const called = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
    const response = { id: 'r', status: 'completed', output: [said, called] };
    const events = [
      { type: 'response.output_text.delta', delta: 'A look.', output_index: 0 },
      { type: 'response.output_item.done', item: said, output_index: 0 },
      { type: 'response.completed', response },
    ];
    for (const answer of [await streamed(events), await whole(response)]) {
      expect(returned(answer)).toEqual([
        { ...said, role: 'assistant' },
        expect.objectContaining({ type: 'function_call' }),
      ]);
    }
  });

  it('return before all else if the history is of another client, and wherever the text was edited', () => {
    const block = { type: 'reasoning.encrypted', format: 'openai-responses-v1', data: 'gA', id: 'rs_1' };
    const calls = [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }] as const;
    const typesOf = (answer: Partial<AssistantMessage>): readonly string[] =>
      returned({ role: 'assistant', ...answer } as AssistantMessage).map(({ type }) => type);
    expect(typesOf({ content: 'Hi', reasoning_details: [block], tool_calls: calls })).toEqual([
      'reasoning',
      'message',
      'function_call',
    ]);
    const late = { ...block, after: [100, 5] };
    for (const content of ['Hi', [{ type: 'text', text: 'Hi' }] as const, null]) {
      const types = typesOf({ content, reasoning_details: [block, late], tool_calls: calls });
      expect([...types].sort()).toEqual(
        ['function_call', ...(content === null ? [] : ['message']), 'reasoning', 'reasoning'].sort(),
      );
    }
    expect(typesOf({ content: 'Hi', reasoning_details: [null, 'x', { ...block, after: 'x' }] })).toEqual([
      'reasoning',
      'message',
    ]);
  });
});
