import type { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { isRestart } from '../codec/mark';
import type { ToolCall } from '../codec/ToolCall';
import { choicesAt } from '../fold/choices';
import { readField } from '../fold/fields';
import { changedItems, type List } from '../fold/LongList';
import { JsonReader } from '../json/JsonReader';
import { outlineOf, type Outline } from '../schema/Outline';
import { firstChoice } from './answer';
import type { ToolEvent } from './events';
import type { AnyTool } from './tool';
import { uniqueIds } from './uniqueIds';

/** A turn of the model, before its answer. */
export interface TurnStart {
  /** Number of the turn, from 1. */
  readonly step: number;
  /** The tools of the turn, by name. */
  readonly tools: ReadonlyMap<string, AnyTool>;
  /** The ids of the conversation so far. */
  readonly ids: ReadonlySet<string>;
}

/**
 * Reads a chunk of an answer, and returns an event for each call with something new to show.
 *
 * @param completion - The answer so far, including the chunk.
 */
export type ReadInputs = (chunk: ChatCompletionChunk, completion: ChatCompletion) => readonly ToolEvent[];

/**
 * Adds `tool-input` events to a run: the arguments of each call while the model writes them.
 *
 * An option of {@link runTools$}, because it contains a reader of incomplete JSON: a bundle has that reader only with this function.
 * The arguments fit the codec of the tool at every moment, like the partial values of `structured`.
 *
 * @example
 * ```ts
 * import * as t from 'io-ts';
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { partialInputs, runTools$, tool, toRunState } from 'rxjs-chat-completions/tools';
 *
 * const mail = tool({ name: 'mail', input: t.type({ to: t.string, text: t.string }), run: () => 'sent' });
 * const request = { model: 'llama3.2', messages: [{ role: 'user', content: 'Write to Ada.' }] } as const;
 * runTools$((r) => chatCompletion$({}, r), request, [mail], { partialInputs })
 *   .pipe(toRunState())
 *   .subscribe(({ steps }) => console.log(steps.at(-1)?.calls[0]?.partial?.text));
 * ```
 */
export const partialInputs = (turn: TurnStart): ReadInputs => {
  let readers = new CallReaders(turn);
  return (chunk, completion) => {
    if (isRestart(chunk)) readers = new CallReaders(turn);
    return readers.add(chunk, completion);
  };
};

/** Reads the arguments of one call. */
interface CallReader {
  readonly id: string;
  readonly name: string;
  /** The reader; `undefined` once the text is not JSON, and for an unknown tool. */
  json: JsonReader<Outline> | undefined;
  /** Length of the arguments read so far, in UTF-16 code units. */
  read: number;
  /** Whether the arguments are an empty object so far. */
  isEmpty: boolean;
  partial: unknown;
}

/** Reads the arguments of the calls of one turn. */
class CallReaders {
  readonly #readers: Array<CallReader | undefined> = [];
  #seen: List<ToolCall> = [];
  readonly #uniqueId: ReturnType<typeof uniqueIds>;

  constructor(private readonly turn: TurnStart) {
    this.#uniqueId = uniqueIds(turn.ids);
  }

  add(chunk: ChatCompletionChunk, completion: ChatCompletion): readonly ToolEvent[] {
    const deltas = choicesAt(chunk, 0).flatMap(({ delta }) => delta?.tool_calls ?? []);
    if (deltas.length === 0) return [];
    const calls = (readField(firstChoice(completion).message ?? {}, 'tool_calls') ?? []) as List<ToolCall>;
    const only = deltas.length === 1 ? deltas[0]?.function?.arguments : undefined;
    const events = changedItems(this.#seen, calls).flatMap(([place, call]) => this.#read(call, place, only));
    this.#seen = calls;
    return events;
  }

  #read(
    { id, function: called }: ToolCall,
    place: number,
    only: string | null | undefined,
  ): readonly ToolEvent[] {
    const { name, arguments: text } = called ?? {};
    if (!name || typeof text !== 'string') return [];
    // A call of an unknown tool is not read, but takes its id.
    const tool = this.turn.tools.get(name);
    const newReader = (): JsonReader<Outline> | undefined =>
      tool && new JsonReader({ shape: outlineOf(tool.input) });
    const reader = (this.#readers[place] ??= this.#begin(id, name, place, newReader()));
    // An empty object before the arguments is a placeholder, which they replace.
    if (reader.isEmpty && text !== '{}') Object.assign(reader, { json: newReader(), read: 0 });
    reader.isEmpty = text === '{}';
    // Slicing a text that has just been appended to makes the engine copy all of it.
    const added = only?.length === text.length - reader.read ? only : text.slice(reader.read);
    reader.read = text.length;
    try {
      reader.json?.push(added);
    } catch {
      reader.json = undefined; // The call is refused at the end of the turn.
    }
    if (!reader.json?.affordable || reader.json.value === reader.partial) return [];
    reader.partial = reader.json.value;
    return [{ type: 'tool-input', id: reader.id, step: this.turn.step, name, partial: reader.partial }];
  }

  #begin(id: string | null | undefined, name: string, place: number, json: CallReader['json']): CallReader {
    const own = this.#uniqueId(id, this.turn.step, place);
    return { id: own, name, json, read: 0, isEmpty: false, partial: undefined };
  }
}
