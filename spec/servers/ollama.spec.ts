import { jsonBody, streamedFields } from '../../lib/request/jsonBody';
import { ollama } from '../../lib/servers/ollama';

describe('ollama', () => {
  it('lists each field once, in alphabetical order', () => {
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
  ])('does not list %s, which Ollama reads', (field) => {
    expect([...ollama.ignores, ...ollama.rejects]).not.toContain(field);
  });

  it.each(['max_completion_tokens', 'tool_choice', 'n', 'logit_bias', 'options', 'keep_alive'])(
    'lists %s as ignored, and the field is sent',
    (field) => {
      expect(ollama.ignores).toContain(field);
      const fields = streamedFields({ model: 'any', messages: [], extra: { [field]: 1 } });
      expect(JSON.parse(jsonBody(fields, ollama))).toHaveProperty(field);
    },
  );
});
