import { defer, type OperatorFunction } from 'rxjs';

import { isRecord } from '../../codec/isRecord';
import { parseJson } from '../../response/errorShapes';
import { concatItems } from '../../rx/concatItems';
import { toLines } from '../../sse/toLines';
import type { Bytes } from '../../transport/transport';
import type { Fields } from '../Dialect';
import { finishOf, messageOf, metricsOf } from './answer';

/** Converts the lines of `/api/chat` to the text of server-sent events with chunks. */
export const ollamaEvents = (): OperatorFunction<Bytes, string> => (read$) =>
  defer(() => {
    const chunks = new ChunkReader();
    return read$.pipe(
      toLines(),
      concatItems<string, string>(
        (line) => chunks.read(line),
        () => chunks.end(),
      ),
    );
  });

/** Converts the lines of one answer. */
class ChunkReader {
  #calls = 0;
  /** A line that is not JSON: damaged, or cut if it is the last. */
  #damaged: string | undefined;

  read(line: string): readonly string[] {
    if (line.trim() === '') return [];
    const before = this.#damaged === undefined ? [] : [`data: ${this.#damaged}\n\n`];
    const part = parseJson(line);
    this.#damaged = isRecord(part) ? undefined : line;
    return isRecord(part) ? [...before, ...this.#eventsOf(part, line)] : before;
  }

  /** Returns the cut line as an event without its end, so that it counts as truncated. */
  end(): readonly string[] {
    return this.#damaged === undefined ? [] : [`data: ${this.#damaged}`];
  }

  #eventsOf(part: Fields, line: string): readonly string[] {
    if (part.error !== undefined) return [`data: ${line}\n\n`];
    const delta = messageOf(part, this.#calls);
    this.#calls += delta.tool_calls?.length ?? 0;
    const finish_reason = finishOf(part, this.#calls > 0);
    const chunk = { ...metricsOf(part), choices: [{ index: 0, delta, finish_reason }] };
    const event = `data: ${JSON.stringify({ object: 'chat.completion.chunk', ...chunk })}\n\n`;
    return part.done === true ? [event, 'data: [DONE]\n\n'] : [event];
  }
}
