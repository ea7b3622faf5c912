import * as t from 'io-ts';
import {
  concatMap,
  defer,
  from,
  map,
  Observable,
  of,
  startWith,
  switchMap,
  takeLast,
  type ObservableInput,
} from 'rxjs';

import { fieldsOf, isRecord } from '../codec/isRecord';
import { isRecordList } from '../codec/recordsIn';
import { requireFunction } from '../codec/require';
import { RequestError } from '../errors';
import type { JsonSchema } from '../request/JsonSchema';
import { deferAbortable } from '../rx/deferAbortable';
import { valuesOf } from '../rx/valuesOf';
import { orThrow, toParts, type McpResult } from './mcpResult';
import type { AnyTool, ToolContext } from './tool';

/** A tool as an MCP server lists it. */
export interface McpTool {
  readonly name: string;
  readonly description?: string | undefined;
  readonly inputSchema: JsonSchema;
}

/** A page of the tools of an MCP server. */
export interface McpToolPage {
  readonly tools: readonly McpTool[];
  readonly nextCursor?: string | undefined;
}

/** Progress of an MCP tool. */
export interface McpProgress {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

/** An MCP server as two functions, so that every version of the SDK fits. */
export interface McpSource {
  /** Lists a page of tools. */
  readonly list: (cursor: string | undefined, signal: AbortSignal) => PromiseLike<McpToolPage>;
  /** Calls a tool. */
  readonly call: (
    name: string,
    input: Record<string, unknown>,
    options: { readonly signal: AbortSignal; readonly onprogress: (progress: McpProgress) => void },
  ) => PromiseLike<McpResult>;
  /** Emits when the list has changed; the tools are then listed again. */
  readonly changed$?: ObservableInput<unknown>;
}

/** Options for {@link mcpTools$}. */
export interface McpToolsOptions {
  /** Prefix of each tool's name, to distinguish servers. Default `''`. */
  readonly prefix?: string;
  /** Codecs of the input, by the server's name of the tool. Default: any object, which the server checks. */
  readonly codecs?: Readonly<Record<string, t.Mixed>>;
  /** Whether a call needs approval before it runs. Default `false`. A function receives the server's name of the tool. */
  readonly needsApproval?: boolean | ((name: string, input: unknown) => boolean);
}

/** Longest name that servers accept, in characters. */
const MAX_NAME = 64;

/**
 * Emits the tools of an MCP server (Model Context Protocol) as tools for {@link runTools$}.
 *
 * Lists all pages, and again when the list changes. In names, characters other than letters, digits, `_` and `-` become `_`, and a
 * name is cut to 64 characters. Progress arrives as `tool-progress`, a result with `isError` as a `ToolFailed`, and
 * unsubscribing cancels the call. The model receives `structuredContent` or the texts, and images as images.
 *
 * Descriptions and results of a server are text that the model may follow. Allow tools by name, and require approval for those
 * that change something.
 *
 * @param source - The server, as two functions.
 * @param options - `prefix`, `codecs`, `needsApproval`.
 * @returns An Observable of the list of tools, for `switchMap` around {@link runTools$}. If the list may change during a run, pass
 * `() => mcpTools$(source)` as its tools, which are then listed again for each request: `switchMap` would start the run again.
 * Passes on errors of `list`. Errors with {@link RequestError} if two tools have the same name after the changes, and if `list`
 * returns something else than a page.
 *
 * @example The official SDK, version 1
 * ```ts
 * import { mcpTools$, runTools$, type McpSource } from 'rxjs-chat-completions/tools';
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { switchMap, take } from 'rxjs';
 *
 * declare const client: {
 *   listTools(params: object, options: object): Promise<Awaited<ReturnType<McpSource['list']>>>;
 *   callTool(params: object, schema: undefined, options: object): Promise<Awaited<ReturnType<McpSource['call']>>>;
 * };
 * const files: McpSource = {
 *   list: (cursor, signal) => client.listTools({ cursor }, { signal }),
 *   call: (name, input, options) => client.callTool({ name, arguments: input }, undefined, options),
 * };
 *
 * const request = { model: 'llama3.2', messages: [{ role: 'user', content: 'What is in my notes?' }] } as const;
 * const event$ = () =>
 *   mcpTools$(files, { prefix: 'files_' }).pipe(
 *     take(1),
 *     switchMap((tools) => runTools$((r) => chatCompletion$({}, r), request, tools)),
 *   );
 * ```
 */
export function mcpTools$(source: McpSource, options: McpToolsOptions = {}): Observable<readonly AnyTool[]> {
  const page$ = (cursor?: string, seen: readonly string[] = []): Observable<readonly McpTool[]> =>
    deferAbortable((signal) => {
      requireFunction(source.list, 'list must be a function: (cursor) => client.listTools({ cursor })');
      return valuesOf(source.list(cursor, signal));
    }).pipe(
      // Emits a page once its request has ended, since a subscriber that takes one list would cancel it.
      takeLast(1),
      concatMap((page: McpToolPage | null | undefined) => {
        if (!isRecord(page) || !isRecordList(page.tools))
          throw new RequestError('list must return { tools: […] }, as listTools does');
        const { tools, nextCursor } = page;
        if (!nextCursor) return of(tools);
        if (seen.includes(nextCursor)) {
          throw new RequestError(
            `the server lists the page ${JSON.stringify(nextCursor)} twice: check that list passes the cursor on`,
          );
        }
        return page$(nextCursor, [...seen, nextCursor]).pipe(map((rest) => [...tools, ...rest]));
      }),
    );
  return from(source.changed$ ?? []).pipe(
    startWith(undefined),
    switchMap(() => page$()),
    map((tools) => checked(tools.map((tool) => toolOf(tool, source, options)))),
  );
}

function checked(tools: readonly AnyTool[]): readonly AnyTool[] {
  const names = tools.map(({ name }) => name);
  const duplicate = names.find((name, place) => names.indexOf(name) !== place);
  if (duplicate !== undefined)
    throw new RequestError(`two tools of the server become ${duplicate}: leave one of them out in list`);
  return tools;
}

function toolOf(
  { name, description, inputSchema }: McpTool,
  source: McpSource,
  options: McpToolsOptions,
): AnyTool {
  const { prefix = '', codecs = {}, needsApproval = false } = options;
  return {
    name: `${prefix}${name}`.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, MAX_NAME),
    ...(description !== undefined && { description }),
    input: (Object.hasOwn(codecs, name) ? codecs[name] : undefined) ?? t.UnknownRecord,
    parameters: parametersOf(inputSchema),
    needsApproval:
      typeof needsApproval === 'function'
        ? (input: unknown) => needsApproval.call(options, name, input)
        : needsApproval,
    run: (input: Record<string, unknown>, context: ToolContext) => call$(source, name, input, context),
    toModel: toParts,
  };
}

/**
 * Returns a schema that servers accept.
 *
 * OpenAI responds with 400 to one without properties, and PHP writes `[]` for none. Gemini does so to one that names its dialect.
 */
function parametersOf(schema: JsonSchema): JsonSchema {
  const { $schema: _dialect, properties, ...rest } = fieldsOf(schema);
  return { type: 'object', ...rest, properties: isRecord(properties) ? properties : {} };
}

/** Emits the progress of a call, then its result. */
const call$ = (
  source: McpSource,
  name: string,
  input: Record<string, unknown>,
  { signal }: ToolContext,
): Observable<McpProgress | McpResult> =>
  new Observable((subscriber) =>
    defer(() =>
      valuesOf(source.call(name, input, { signal, onprogress: (progress) => subscriber.next(progress) })),
    )
      .pipe(map(orThrow))
      .subscribe(subscriber),
  );
