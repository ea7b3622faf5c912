import { right } from 'fp-ts/Either';
import * as t from 'io-ts';
import { firstValueFrom, lastValueFrom, map, of, Subject, switchMap, toArray } from 'rxjs';

import type { ToolEvent } from '../../lib/tools/events';
import type { McpResult } from '../../lib/tools/mcpResult';
import { mcpTools$, type McpSource, type McpToolPage } from '../../lib/tools/mcpTools';
import { runTools$ } from '../../lib/tools/runTools';
import { marbles } from '../helpers/marbles';
import { brief, calling, saying, sends } from '../helpers/toolEvents';

const inputSchema = { type: 'object' };
const page = (nextCursor: string | undefined, ...names: readonly string[]): McpToolPage => ({
  tools: names.map((name) => ({ name, inputSchema })),
  nextCursor,
});
const sourceOf = (more: Partial<McpSource> = {}): McpSource => ({
  list: () => Promise.resolve(page(undefined, 'read')),
  call: () => Promise.resolve({ content: [{ type: 'text', text: 'done' }] }),
  ...more,
});
const namesOf = async (source: McpSource, prefix?: string): Promise<readonly string[]> =>
  (await firstValueFrom(mcpTools$(source, { prefix }))).map(({ name }) => name);

/** Runs one call of the tool `read`. */
async function called(
  source: McpSource,
  options?: Parameters<typeof mcpTools$>[1],
): Promise<{ events: readonly ToolEvent[]; told: unknown }> {
  const send = sends(of(...calling({ name: 'read', arguments: { path: 'a' } })), of(...saying('t')));
  const request = { model: 'any', messages: [] };
  const events = await lastValueFrom(
    mcpTools$(source, options).pipe(
      switchMap((tools) => runTools$(send, request, tools)),
      toArray(),
    ),
  );
  return { events, told: send.requests[1]?.messages.slice(1) };
}
const called1 = (result: McpResult): ReturnType<typeof called> =>
  called(sourceOf({ call: () => Promise.resolve(result) }));

describe('mcpTools$', () => {
  it('lists all pages', async () => {
    const pages: Record<string, McpToolPage> = {
      '': page('2', 'a', 'b'),
      '2': page('3', 'c'),
      '3': page('', 'd'),
    };
    const asked: unknown[] = [];
    const list: McpSource['list'] = (cursor) => (
      asked.push(cursor),
      Promise.resolve(pages[cursor ?? ''] ?? page(undefined))
    );
    expect(await namesOf(sourceOf({ list }))).toEqual(['a', 'b', 'c', 'd']);
    expect(asked).toEqual([undefined, '2', '3']);
  });

  it('fails at a page that is listed twice, instead of listing without end', async () => {
    const list: McpSource['list'] = (cursor) => Promise.resolve(page(cursor === '2' ? '3' : '2', 'a'));
    await expect(namesOf(sourceOf({ list }))).rejects.toMatchObject({
      _tag: 'RequestError',
      message: 'the server lists the page "2" twice: check that list passes the cursor on',
    });
  });

  it.each<[string, unknown]>([
    ['null for the tools', { tools: null }],
    ['no page', undefined],
    ['a list', []],
    ['a list of nothing', { tools: [null] }],
  ])('fails if the server lists %s', async (_, listed) => {
    const list = (): Promise<McpToolPage> => Promise.resolve(listed as McpToolPage);
    await expect(namesOf(sourceOf({ list }))).rejects.toMatchObject({
      _tag: 'RequestError',
      message: 'list must return { tools: […] }, as listTools does',
    });
  });

  it('fails with a client in the place of the source', async () => {
    const client = { listTools: () => Promise.resolve(page(undefined)) } as unknown as McpSource;
    await expect(namesOf(client)).rejects.toMatchObject({
      _tag: 'RequestError',
      message: 'list must be a function: (cursor) => client.listTools({ cursor })',
    });
  });

  it.each([undefined, null, 'done', { content: 'done' }, [[{ type: 'text', text: 'done' }]]])(
    'fails a call whose result is %p',
    async (result) => {
      const { events, told } = await called1(result as McpResult);
      expect(events.map(brief)).toContain('read ! ToolFailed');
      expect(told).toMatchObject([
        {
          content: 'Error: call must return { content: […] }, as callTool does',
        },
      ]);
    },
  );

  it('lists again when the list has changed', async () => {
    const changed$ = new Subject<void>();
    let lists = 0;
    const list: McpSource['list'] = () => Promise.resolve(page(undefined, `tool${(lists += 1)}`));
    const names: string[][] = [];
    const subscription = mcpTools$(sourceOf({ list, changed$ }))
      .pipe(map((tools) => tools.map(({ name }) => name)))
      .subscribe((each) => names.push(each));
    await new Promise((done) => setTimeout(done));
    changed$.next();
    await new Promise((done) => setTimeout(done));
    expect(names).toEqual([['tool1'], ['tool2']]);
    subscription.unsubscribe();
    expect(changed$.observed).toBe(false);
  });

  it('adapts names, and distinguishes servers by a prefix', async () => {
    const list: McpSource['list'] = () => Promise.resolve(page(undefined, 'fs/read.file', 'x'.repeat(80)));
    expect(await namesOf(sourceOf({ list }), 'one_')).toEqual(['one_fs_read_file', `one_${'x'.repeat(60)}`]);
  });

  it('fails if two names become equal, and as the list does', () => {
    marbles(({ expectObservable }) => {
      const error = new Error('gone');
      const list = (): never => {
        throw error;
      };
      expectObservable(mcpTools$(sourceOf({ list }))).toBe('#', undefined, error);
    });
    return expect(
      namesOf(sourceOf({ list: () => Promise.resolve(page(undefined, 'a.b', 'a/b')) })),
    ).rejects.toMatchObject({
      _tag: 'RequestError',
      message: 'two tools of the server become a_b: leave one of them out in list',
    });
  });

  it("sends the description of a tool to the model, and calls it by the server's name", async () => {
    const calls: unknown[] = [];
    const source = sourceOf({
      list: () =>
        Promise.resolve({
          tools: [{ name: 're.ad', description: 'Reads.', inputSchema: { type: 'object', title: 'In' } }],
        }),
      call: (name, input) => (calls.push([name, input]), Promise.resolve({})),
    });
    const [tool] = await firstValueFrom(mcpTools$(source));
    expect(tool).toMatchObject({
      name: 're_ad',
      description: 'Reads.',
      parameters: { type: 'object', title: 'In' },
    });
    await lastValueFrom(
      runTools$(
        sends(of(...calling({ name: 're_ad', arguments: { a: 1 } })), of(...saying('t'))),
        { model: 'any', messages: [] },
        tool ? [tool] : [],
      ),
    );
    expect(calls).toEqual([['re.ad', { a: 1 }]]);
  });

  it('has properties in each schema, and no dialect, as some servers require', async () => {
    const own = { type: 'object', properties: { path: { type: 'string' } } };
    const tools = [
      { name: 'none', inputSchema: {} },
      { name: 'own', inputSchema: own },
      // The official SDK.
      { name: 'sdk', inputSchema: { ...own, $schema: 'http://json-schema.org/draft-07/schema#' } },
      // PHP has no empty object.
      { name: 'php', inputSchema: { type: 'object', properties: [] } },
    ];
    const listed = await firstValueFrom(mcpTools$(sourceOf({ list: () => Promise.resolve({ tools }) })));
    expect(listed.map(({ parameters }) => parameters)).toEqual([
      { type: 'object', properties: {} },
      own,
      own,
      { type: 'object', properties: {} },
    ]);
  });

  it('emits progress, then the result', async () => {
    const result = { content: [{ type: 'text', text: 'done' }] };
    const call: McpSource['call'] = async (_, __, { onprogress }) => {
      onprogress({ progress: 1, total: 2 });
      await Promise.resolve();
      onprogress({ progress: 2, total: 2 });
      return result;
    };
    const { events } = await called(sourceOf({ call }));
    const outputs = events.flatMap((event) => (event.type === 'tool-progress' ? [event.output] : []));
    expect(outputs).toEqual([{ progress: 1, total: 2 }, { progress: 2, total: 2 }, result]);
    expect(events.find(({ type }) => type === 'tool-result')).toMatchObject({ result: right(result) });
  });

  it.each<[string, McpResult, unknown[]]>([
    [
      'texts',
      {
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      [{ content: 'a\nb' }],
    ],
    [
      'structured content',
      { content: [{ type: 'text', text: '?' }], structuredContent: { n: 7 } },
      [{ content: '{"n":7}' }],
    ],
    [
      'a resource',
      { content: [{ type: 'resource', resource: { uri: 'file:a', text: 'A' } } as never] },
      [{ content: 'A' }],
    ],
    [
      'links, with what they lead to',
      {
        content: [
          { type: 'resource_link', uri: 'file:a', name: 'a', description: 'All about a' } as never,
          { type: 'resource_link', uri: 'file:b', name: 'b' } as never,
          { type: 'resource_link', uri: 'file:c' } as never,
        ],
      },
      [{ content: 'a - All about a - file:a\nb - file:b\nfile:c' }],
    ],
    [
      'texts where the structured content is null',
      { content: [{ type: 'text', text: 'a' }], structuredContent: null },
      [{ content: 'a' }],
    ],
    [
      'the address of a resource without text',
      { content: [{ type: 'resource', resource: { uri: 'file:a', blob: 'AAAA' } } as never] },
      [{ content: 'file:a' }],
    ],
    [
      'of a part that cannot be sent',
      { content: [{ type: 'audio', data: 'AAAA', mimeType: 'audio/wav' } as never] },
      [{ content: '[audio, not shown]' }],
    ],
    [
      'of an image without its type',
      { content: [{ type: 'image', data: 'AAAA' } as never] },
      [{ content: '[image, not shown]' }],
    ],
    [
      'a picture that is a resource, and its address',
      {
        content: [
          { type: 'resource', resource: { uri: 'file:a', blob: 'AAAA', mimeType: 'image/png' } } as never,
        ],
      },
      [
        { role: 'tool', content: 'file:a' },
        {
          role: 'user',
          content: [
            { type: 'text' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          ],
        },
      ],
    ],
    ['the parts beside null', { content: [null, { type: 'text', text: 'a' }] } as never, [{ content: 'a' }]],
    ['nothing', {}, [{ content: '' }]],
    ['nothing for null', { content: null } as never, [{ content: '' }]],
    [
      'a picture',
      {
        content: [
          { type: 'text', text: 'See.' },
          { type: 'image', data: 'AAAA', mimeType: 'image/png' },
        ],
      },
      [
        { role: 'tool', content: 'See.' },
        {
          role: 'user',
          content: [
            { type: 'text' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          ],
        },
      ],
    ],
  ])('tells the model %s', async (_, result, messages) => {
    expect((await called1(result)).told).toMatchObject(messages);
  });

  it.each<[string, McpResult, string]>([
    [
      'in its own words',
      { isError: true, content: [{ type: 'text', text: 'no such file' }] },
      'Error: no such file',
    ],
    [
      'in its own words and not as data',
      { isError: true, content: [{ type: 'text', text: 'no such file' }], structuredContent: { code: 2 } },
      'Error: no such file',
    ],
    ['as data', { isError: true, content: [], structuredContent: { code: 2 } }, 'Error: {"code":2}'],
    ['without words', { isError: true }, 'Error: the tool failed'],
  ])('tells the model that a tool failed, %s', async (_, result, content) => {
    const { events, told } = await called1(result);
    expect(events.map(brief)).toContain('read ! ToolFailed');
    expect(told).toMatchObject([{ content }]);
  });

  it('reports a rejected call to the model', async () => {
    const { told } = await called(sourceOf({ call: () => Promise.reject(new Error('timed out')) }));
    expect(told).toMatchObject([{ content: 'Error: timed out' }]);
  });

  it('decodes the input by a codec of yours', async () => {
    const { told } = await called(sourceOf(), { codecs: { read: t.type({ path: t.number }) } });
    expect(told).toMatchObject([{ content: 'The arguments do not fit: path: expected number, got "a"' }]);
  });

  it("requires approval as configured, by the server's name of the tool", async () => {
    const { told } = await called(sourceOf(), {
      needsApproval: (name, input) => name === 'read' && (input as { path: string }).path === 'a',
    });
    expect(told).toMatchObject([
      {
        content: 'The user did not allow this call, so it was not run. Reason: no approve option',
      },
    ]);
  });

  it('takes options that are an instance of a class', async () => {
    class Options {
      readonly #free = ['list'];
      needsApproval(name: string): boolean {
        return !this.#free.includes(name);
      }
    }
    const { events } = await called(sourceOf(), new Options());
    expect(events.map(brief)).toContain('read ! ToolDenied');
  });

  it('aborts a call and a list when it is unsubscribed from', () => {
    const signals: AbortSignal[] = [];
    const never = new Promise<never>(() => undefined);
    mcpTools$(sourceOf({ list: (_, signal) => (signals.push(signal), never) }))
      .subscribe()
      .unsubscribe();
    const source = sourceOf({ call: (_, __, { signal }) => (signals.push(signal), never) });
    return firstValueFrom(mcpTools$(source)).then((tools) => {
      const send = sends(of(...calling({ name: 'read', arguments: {} })));
      runTools$(send, { model: 'any', messages: [] }, tools).subscribe().unsubscribe();
      expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    });
  });
  it('does not abort a list that has ended, for a subscriber that takes one', async () => {
    const signals: AbortSignal[] = [];
    const list: McpSource['list'] = (_, signal) => (
      signals.push(signal),
      Promise.resolve(page(undefined, 'a'))
    );
    expect(await namesOf(sourceOf({ list }))).toEqual(['a']);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });
});
