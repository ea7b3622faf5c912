import { jsonBody, streamedFields } from '../../lib/request/jsonBody';
import { ollama } from '../../lib/servers/profiles';

describe('ollama', () => {
  it('names no field twice, and in order', () => {
    expect(ollama.ignores).toEqual([...new Set(ollama.ignores)].sort());
  });

  it.each([
    'model',
    'messages',
    'stream',
    'stream_options',
    'max_tokens',
    'reasoning_effort',
    'seed',
    'tools',
    'response_format',
  ])('knows that %s counts', (field) => {
    expect([...ollama.ignores, ...ollama.rejects]).not.toContain(field);
  });

  it.each(['max_completion_tokens', 'tool_choice', 'n', 'logit_bias', 'options', 'keep_alive'])(
    'knows that %s is ignored, and sends it',
    (field) => {
      expect(ollama.ignores).toContain(field);
      const fields = streamedFields({ model: 'any', messages: [], extra: { [field]: 1 } });
      expect(JSON.parse(jsonBody(fields, ollama))).toHaveProperty(field);
    },
  );
});
