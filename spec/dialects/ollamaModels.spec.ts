import { firstValueFrom, of } from 'rxjs';

import { loadedOllamaModels$, ollamaModels$ } from '../../lib/dialects/ollama/ollamaModels';
import type { Transport } from '../../lib/transport/transport';
import { ConfigOfClass } from '../helpers/ConfigOfClass';
import { bytesOf } from '../helpers/reads';
import { sending } from '../helpers/sending';
import { wire } from '../helpers/wire';

const urls: string[] = [];
const answering =
  (body: unknown, status = 200): Transport =>
  ({ url }) => {
    urls.push(url);
    const head = { status, headers: { 'content-type': 'application/json' } };
    return of(head, bytesOf(JSON.stringify(body)));
  };

// As `ListHandler` and `PsHandler` of Ollama's source write them.
const installed = {
  name: 'llama3.2:latest',
  model: 'llama3.2:latest',
  modified_at: '2026-08-21T18:48:22.5Z',
  size: 2_019_393_189,
  digest: 'a80c4f17acd5',
  details: { format: 'gguf', family: 'llama', parameter_size: '3.2B', quantization_level: 'Q4_K_M' },
  capabilities: ['completion', 'tools'],
};
const loaded = {
  name: 'llama3.2:latest',
  size_vram: 0,
  context_length: 4096,
  expires_at: '2026-08-21T18:53:22Z',
};

beforeEach(() => {
  urls.length = 0;
});

describe('ollamaModels$', () => {
  it('sends the key of a config that has it from its class', async () => {
    const { sent, transport } = sending(of(wire.J, bytesOf('{"models":[]}')));
    await firstValueFrom(ollamaModels$(Object.assign(new ConfigOfClass(), { transport })));
    expect(sent).toMatchObject([{ headers: { authorization: 'Bearer sk-of-the-class' } }]);
  });

  it('lists the installed models, at the address beside /v1', async () => {
    const transport = answering({ models: [installed] });
    expect(await firstValueFrom(ollamaModels$({ transport }))).toEqual([installed]);
    expect(urls).toEqual(['http://localhost:11434/api/tags']);
  });

  it('leaves out a field of the wrong type, and accepts a list that is null', async () => {
    const transport = answering({ models: [{ ...installed, size: 'big' }] });
    expect(await firstValueFrom(ollamaModels$({ transport }))).toEqual([{ ...installed, size: undefined }]);
    expect(await firstValueFrom(ollamaModels$({ transport: answering({ models: null }) }))).toEqual([]);
  });

  it.each([
    ['ProtocolError', {}, 200],
    ['HttpError', { error: 'busy' }, 503],
  ])('errors with %s', async (_tag, body, status) => {
    const transport = answering(body, status);
    await expect(firstValueFrom(ollamaModels$({ transport }))).rejects.toMatchObject({ _tag });
  });
});

describe('loadedOllamaModels$', () => {
  it('lists the loaded models with the size of their context', async () => {
    const transport = answering({ models: [loaded] });
    expect(await firstValueFrom(loadedOllamaModels$({ transport }))).toEqual([loaded]);
    expect(urls).toEqual(['http://localhost:11434/api/ps']);
  });
});
