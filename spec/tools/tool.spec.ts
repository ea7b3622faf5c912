import * as t from 'io-ts';
import { from, lastValueFrom, of, toArray } from 'rxjs';

import type { ChatRequest } from '../../lib/request/ChatRequest';
import { runTools$ } from '../../lib/tools/runTools';
import { tool, type AnyTool } from '../../lib/tools/tool';
import { brief, calling, saying, sends } from '../helpers/toolEvents';

const request: ChatRequest = { model: 'any', messages: [] };
const outcomes = async (each: AnyTool, input: object): Promise<string[]> => {
  const send = sends(of(...calling({ name: each.name, arguments: input })), from(saying('t')));
  const events = await lastValueFrom(runTools$(send, request, [each]).pipe(toArray()));
  return events.flatMap((event) => (event.type === 'tool-result' ? [brief(event)] : []));
};

class Mail {
  readonly name = 'mail';
  readonly input = t.type({ to: t.string });
  readonly #from = 'me';

  get description(): string {
    return `Writes as ${this.#from}.`;
  }

  needsApproval({ to }: { readonly to: string }): boolean {
    return to !== this.#from;
  }

  run({ to }: { readonly to: string }): string {
    return `${this.#from} to ${to}`;
  }

  toModel(output: string): string {
    return `sent ${this.#from}: ${output}`;
  }
}

describe('tool', () => {
  it('keeps the methods of an object of a class, approval included', async () => {
    expect(await outcomes(tool(new Mail()), { to: 'me' })).toEqual(['mail = me to me']);
    expect(await outcomes(tool(new Mail()), { to: 'you' })).toEqual(['mail ! ToolDenied']);
    const free = { ...tool(new Mail()), needsApproval: false };
    expect(await outcomes(free, { to: 'you' })).toEqual(['mail = me to you']);
    expect(free.description).toBe('Writes as me.');
  });

  it('returns a tool that can be copied with changes', async () => {
    const city = tool({ name: 'city', input: t.type({ name: t.string }), run: ({ name }) => name });
    const copy = { ...city, input: t.type({ name: t.string, zip: t.Int }) };
    expect(await outcomes(copy, { name: 'Oslo' })).toEqual(['city ! SchemaMismatch']);
    const send = sends(from(saying('t')));
    await lastValueFrom(runTools$(send, request, [copy]));
    expect(send.requests[0]?.tools).toMatchObject([
      { function: { parameters: { required: ['name', 'zip'] } } },
    ]);
  });

  it('does not change its argument', () => {
    const definition = Object.freeze({ name: 'a', input: t.type({}), run: () => [] });
    expect(tool(definition)).toMatchObject(definition);
    expect(definition).not.toHaveProperty('conversion');
  });

  it('removes the nulls of strict mode, also beside a schema of the user', async () => {
    const input = t.partial({ zone: t.string });
    const time = tool({ name: 'time', input, run: (given) => JSON.stringify(given) });
    expect(await outcomes(time, { zone: null })).toEqual(['time = {}']);
    expect(await outcomes({ ...time, parameters: {} }, { zone: null })).toEqual(['time = {}']);
  });
});
