import { EMPTY, of } from 'rxjs';

import { installedModels$, loadedModels$, pull$ } from '../../lib/dialects';
import type { Transport } from '../../lib/transport/transport';
import { marbles } from '../helpers/marbles';
import { bytesOf, outcomeOf } from '../helpers/reads';

const J = { status: 200, headers: { 'content-type': 'application/json' } };
const N = { status: 200, headers: { 'content-type': 'application/x-ndjson' } };
const answer =
  (body: unknown): Transport =>
  () =>
    of(J, bytesOf(JSON.stringify(body)));

describe('the models of Ollama', () => {
  it('are listed from its own API', () => {
    const urls: string[] = [];
    const transport: Transport = ({ url }) => {
      urls.push(url);
      return EMPTY;
    };
    outcomeOf(installedModels$({ transport }));
    outcomeOf(loadedModels$({ transport, baseURL: 'http://gpu:11434/v1' }));
    expect(urls).toEqual(['http://localhost:11434/api/tags', 'http://gpu:11434/api/ps']);
  });

  it('keep what they know, and lose only fields of another type', () => {
    const model = {
      name: 'llama3.2:latest',
      size: 'big',
      details: { family: 'llama' },
      capabilities: ['tools'],
    };
    const { values } = outcomeOf(installedModels$({ transport: answer({ models: [model] }) }));
    expect(values).toEqual([
      [
        expect.objectContaining({
          name: 'llama3.2:latest',
          details: { family: 'llama' },
          capabilities: ['tools'],
        }),
      ],
    ]);
  });

  it('are an empty list where there are none', () => {
    expect(outcomeOf(loadedModels$({ transport: answer({ models: null }) })).values).toEqual([[]]);
  });

  it('errors for a response of another shape', () => {
    expect(outcomeOf(installedModels$({ transport: answer({ data: [] }) })).error).toMatchObject({
      _tag: 'ProtocolError',
    });
  });
});

describe('pull$', () => {
  const lines = {
    m: { status: 'pulling manifest' },
    a: { status: 'pulling aaa', digest: 'sha256:a', total: 100 },
    b: { status: 'pulling aaa', digest: 'sha256:a', total: 100, completed: 60 },
    c: { status: 'pulling bbb', digest: 'sha256:b', total: 40, completed: 40 },
    s: { status: 'success' },
    e: { error: 'pull model manifest: file does not exist' },
  };
  const reads = Object.fromEntries(
    Object.entries(lines).map(([name, value]) => [name, bytesOf(`${JSON.stringify(value)}\n`)]),
  );
  const progress = {
    m: { status: 'pulling manifest', completed: 0, total: 0 },
    a: { status: 'pulling aaa', digest: 'sha256:a', completed: 0, total: 100 },
    b: { status: 'pulling aaa', digest: 'sha256:a', completed: 60, total: 100 },
    c: { status: 'pulling bbb', digest: 'sha256:b', completed: 100, total: 140 },
    s: { status: 'success', completed: 100, total: 140 },
  };

  it('emits the bytes of all files, and completes when the model is installed', () => {
    marbles(({ cold, expectObservable }) => {
      const response$ = cold('H-m-a-b-c-s|', { H: N, ...reads });
      const expected = '      --m-a-b-c-s|';
      expectObservable(pull$({ transport: () => response$ }, 'llama3.2')).toBe(expected, progress);
    });
  });

  it.each([
    [
      'a failure',
      ['m', 'e'],
      { _tag: 'ServerError', serverMessage: 'pull model manifest: file does not exist' },
    ],
    ['an end before success', ['m', 'a'], { _tag: 'TruncatedError' }],
  ] as const)('errors at %s', (_, names, error) => {
    const parts = names.map((name) => reads[name] ?? bytesOf(''));
    const { values, error: actual } = outcomeOf(pull$({ transport: () => of(N, ...parts) }, 'llama3.2'));
    expect(actual).toMatchObject(error);
    expect(values).toHaveLength(names.filter((name) => name !== 'e').length);
  });

  it('aborts the download when it is unsubscribed from', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const response$ = cold('H-m-a-b-c-s|', { H: N, ...reads });
      const unsubscribed = '  -----!      ';
      expectObservable(pull$({ transport: () => response$ }, 'llama3.2'), unsubscribed).toBe(
        '--m-a-',
        progress,
      );
      expectSubscriptions(response$.subscriptions).toBe('^----!');
    });
  });

  it('sends the name of the model', () => {
    let body: string | undefined;
    outcomeOf(pull$({ transport: (request) => ((body = request.body), EMPTY) }, 'llama3.2'));
    expect(body).toBe('{"model":"llama3.2","stream":true}');
  });
});
