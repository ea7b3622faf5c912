import type { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { isRestart } from '../codec/mark';
import type { ToolCall } from '../codec/ToolCall';
import { choicesAt } from '../fold/choices';
import { JsonReader } from '../json/JsonReader';
import { outlineOf, type Outline } from '../schema/Outline';
import { callsIn, freeId } from './assistantTurn';
import type { ToolEvent } from './events';
import type { Toolbox } from './toolbox';

/** Reads the arguments of one call. */
interface CallReader {
  readonly id: string;
  readonly name: string;
  /** `undefined` once the text is not JSON. */
  json: JsonReader<Outline> | undefined;
  /** How much of the arguments has been read, in UTF-16 code units. */
  read: number;
  partial: unknown;
}

/**
 * Reads the arguments of the calls of one turn while they are written.
 *
 * What is shown is true to the codec of the tool, as the partial values of `structured` are.
 */
export class CallReaders {
  #readers: Array<CallReader | undefined> = [];
  #seen: readonly ToolCall[] = [];
  #taken: Set<string>;

  constructor(
    private readonly toolbox: Toolbox,
    private readonly step: number,
    private readonly ids: ReadonlySet<string>,
  ) {
    this.#taken = new Set(ids);
  }

  /**
   * Reads on.
   *
   * @param completion - The answer so far, with the chunk in it.
   * @returns An event for each call of which more is shown.
   */
  add(chunk: ChatCompletionChunk, completion: ChatCompletion): readonly ToolEvent[] {
    if (isRestart(chunk)) {
      this.#readers = [];
      this.#seen = [];
      this.#taken = new Set(this.ids);
      return [];
    }
    const pieces = choicesAt(chunk, 0).flatMap(({ delta }) => delta?.tool_calls ?? []);
    if (pieces.length === 0) return [];
    const calls = callsIn(
      completion.choices.find(({ index }, place) => (index ?? place) === 0)?.message ?? {},
    );
    const only = pieces.length === 1 ? pieces[0]?.function?.arguments : undefined;
    const events = calls.flatMap((call, place) =>
      call === this.#seen[place] ? [] : this.#read(call, place, only),
    );
    this.#seen = calls;
    return events;
  }

  #read(
    { id, function: called }: ToolCall,
    place: number,
    only: string | null | undefined,
  ): readonly ToolEvent[] {
    const { name, arguments: text } = called ?? {};
    const tool = this.toolbox.byName.get(name ?? '');
    if (tool === undefined || !name || typeof text !== 'string') return [];
    const reader = (this.#readers[place] ??= this.#begin(
      id,
      name,
      place,
      new JsonReader({ shape: outlineOf(tool.input) }),
    ));
    // A slice of a long text that has just been appended to costs all of it.
    const piece = only?.length === text.length - reader.read ? only : text.slice(reader.read);
    reader.read = text.length;
    try {
      reader.json?.push(piece);
    } catch {
      reader.json = undefined; // What becomes of such a call is decided at the end.
    }
    if (!reader.json?.affordable || reader.json.value === reader.partial) return [];
    reader.partial = reader.json.value;
    return [{ type: 'tool-input', id: reader.id, step: this.step, name, partial: reader.partial }];
  }

  #begin(id: string | null | undefined, name: string, place: number, json: JsonReader<Outline>): CallReader {
    const own = freeId(id, this.step, place, this.#taken);
    this.#taken.add(own);
    return { id: own, name, json, read: 0, partial: undefined };
  }
}
