import { of } from 'rxjs';

import type { ChatHooks } from '../../lib/call/ChatHooks';
import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import type { ChatConfig } from '../../lib/call/config';
import { models$ } from '../../lib/call/models';
import { RequestError } from '../../lib/errors';
import { ollama } from '../../lib/servers/ollama';
import type { TransportRequest } from '../../lib/transport/transport';
import { frames } from '../helpers/frames';
import { marbles } from '../helpers/marbles';
import { sending } from '../helpers/sending';
import { wire } from '../helpers/wire';

const request = { model: 'any', messages: [] };

/** Returns the request of a call with a config; `undefined` if none was sent. */
function sentBy(config: ChatConfig): TransportRequest | undefined {
  const { sent, transport } = sending(of(wire.H, wire.f, wire.D));
  chatCompletion$({ ...config, transport }, request).subscribe();
  return sent[0];
}

describe('the config of a call', () => {
  const profileOf = (fields: object): object => ({ profile: { name: 'mine', ...fields } });

  it.each<[string, unknown, string]>([
    ['no config', undefined, 'config must be an object, not undefined: pass {} for Ollama'],
    ['null for a config', null, 'config must be an object, not null: pass {} for Ollama'],
    ['a config that is text', 'http://x', 'config must be an object, not string: pass {} for Ollama'],
    [
      'a promise of a config',
      Promise.resolve({}),
      'config must be an object, not promise: pass {} for Ollama',
    ],
    ['a Map', new Map([['baseURL', 'http://x']]), 'config must be an object, not map: pass {} for Ollama'],
    [
      'an AbortController',
      new AbortController(),
      'config must be an object, not abortcontroller: pass {} for Ollama',
    ],
    ['headers', new Headers(), 'config must be an object, not headers: pass {} for Ollama'],
    ['a promise of timeouts', { timeouts: Promise.resolve({}) }, 'timeouts must be an object'],
    ['baseUrl', { baseUrl: 'https://llm.example.com' }, 'config has no field baseUrl: write baseURL'],
    ['apikey', { apikey: 'sk-1' }, 'config has no field apikey: write apiKey'],
    ['base_url', { base_url: 'https://llm.example.com' }, 'config has no field base_url: write baseURL'],
    ['onerror', { hooks: { onerror: () => undefined } }, 'hooks has no field onerror: write onError'],
    [
      'on_first_output',
      { hooks: { on_first_output: () => undefined } },
      'hooks has no field on_first_output: write onFirstOutput',
    ],
    ['Idle', { timeouts: { Idle: 1 } }, 'timeouts has no field Idle: write idle'],
    ['a fetch that is none', { fetch: {} }, 'fetch must be a function'],
    ['a transport that is none', { transport: of(1) }, 'transport must be a function'],
    ['a gate that is none', { gate: true }, 'gate must be a ReadGate'],
    [
      'an AbortController',
      { signal: new AbortController() },
      'signal must be an AbortSignal: of an AbortController pass its signal',
    ],
    [
      'a URL object',
      { baseURL: new URL('https://x') },
      'baseURL must be a string: of a URL object pass its href',
    ],
    [
      'null for a key',
      { apiKey: null },
      'apiKey must be a string or a function: leave it out if there is no key',
    ],
    [
      'a function whose key is null',
      { apiKey: () => of(null) },
      'apiKey returned no key: return a string, or leave apiKey out',
    ],
    ['null for a transport', { transport: null }, 'transport must be a function'],
    [
      'null for headers',
      { headers: null },
      'headers must be a plain object: of Headers or a Map pass Object.fromEntries(headers)',
    ],
    ['timeouts that are a number', { timeouts: 5_000 }, 'timeouts must be an object'],
    ['null for limits', { limits: null }, 'limits must be an object'],
    ...[null, '5000', -1, NaN].map((idle): [string, unknown, string] => [
      `an idle time of ${String(idle)}`,
      { timeouts: { idle } },
      'timeouts.idle must be a number, 0 or more',
    ]),
    ['a limit that is not a number', { limits: { line: NaN } }, 'limits.line must be a number, 0 or more'],
    [
      'an activity of another name',
      { timeouts: { activity: 'tokens' } },
      "timeouts.activity must be 'bytes', 'events' or 'content'",
    ],
    [
      'a scheduler that is a clock',
      { timeouts: { scheduler: Date } },
      'timeouts.scheduler must be a scheduler of RxJS',
    ],
    ['hooks that are text', { hooks: 'onError' }, 'hooks must be an object or a function'],
    ['a list of refused fields', { refusedFields: ['store'] }, 'refusedFields must be a function'],
    ['the name of a server', { profile: 'ollama' }, 'profile must be an object'],
    ['null for a profile', { profile: null }, 'profile must be an object'],
    [
      'a server for its profile',
      { profile: ollama },
      'profile.name must be a string: of a server pass its profile',
    ],
    ['reads that are text', profileOf({ reads: 'model' }), 'profile.reads must be a list of strings'],
    [
      'ignores that are an object',
      profileOf({ ignores: { user: true } }),
      'profile.ignores must be a list of strings',
    ],
    ['rejects with a number', profileOf({ rejects: ['n', 1] }), 'profile.rejects must be a list of strings'],
    ['renames that are a list', profileOf({ renames: [] }), 'profile.renames must be an object of strings'],
    [
      'renames with null',
      profileOf({ renames: { n: null } }),
      'profile.renames must be an object of strings',
    ],
    [
      'config and request in the place of the other',
      request,
      'messages must be in the request, the second argument',
    ],
    ['null for a role', profileOf({ developerRole: null }), 'profile.developerRole must be a string'],
    ['a number for a field', profileOf({ reasoningField: 1 }), 'profile.reasoningField must be a string'],
    ['a list for a header', profileOf({ keyHeader: ['x'] }), 'profile.keyHeader must be a string'],
    [
      'keyNames that are text',
      profileOf({ keyNames: 'A_KEY' }),
      'profile.keyNames must be a list of strings',
    ],
    [
      'Headers',
      { headers: new Headers({ 'x-title': 'x' }) },
      'headers must be a plain object: of Headers or a Map pass Object.fromEntries(headers)',
    ],
  ])('errors in JavaScript with %s', (_, config, message) => {
    const error = new RequestError(message);
    const wrong = config as ChatConfig;
    marbles(({ expectObservable }) => {
      expectObservable(chatCompletion$(wrong, request)).toBe('#', frames, error);
      expectObservable(completion$(wrong, request)).toBe('#', undefined, error);
      expectObservable(models$(wrong)).toBe('#', undefined, error);
    });
  });

  it.each(['fetch', 'signal', 'hooks'])('may have null for %s', (field) => {
    expect(sentBy({ [field]: null })).toBeDefined();
  });

  it('may have hooks that extend a built-in class', () => {
    class Counts extends Map<string, number> implements ChatHooks {
      onComplete(): void {
        this.set('completed', 1);
      }
    }
    const hooks = new Counts();
    const { transport } = sending(of(wire.H, wire.f, wire.D));
    chatCompletion$({ transport, hooks }, request).subscribe();
    expect(hooks.get('completed')).toBe(1);
  });

  it('may have unknown fields', () => {
    expect(sentBy({ theme: 'dark', timeouts: { name: 'slow' } } as ChatConfig)).toBeDefined();
  });
});
