import { ignoredFields } from '../../lib/request/fieldReports';
import { bodyFields, streamedFields } from '../../lib/request/bodyFields';
import { jsonBody } from '../../lib/request/jsonBody';
import { ollama } from '../../lib/servers/ollama';

const { profile } = ollama;

describe('ollama', () => {
  it.each(['max_tokens', 'reasoning_effort', 'seed', 'tools', 'response_format'])('reads %s', (field) => {
    const fields = streamedFields({ model: 'any', messages: [], extra: { [field]: 1 } }, profile);
    expect(ignoredFields(fields, profile)).toEqual([]);
  });

  it.each([
    'tool_choice',
    'n',
    'logit_bias',
    'options',
    'keep_alive',
    'think',
    'metadata',
    'verbosity',
    'user',
  ])('ignores %s, which is reported and sent', (field) => {
    const fields = streamedFields({ model: 'any', messages: [], extra: { [field]: 1 } }, profile);
    expect(ignoredFields(fields, profile)).toEqual([field]);
    expect(JSON.parse(jsonBody(fields))).toHaveProperty(field);
  });

  it('receives max_completion_tokens, which it ignores, as max_tokens', () => {
    const fields = bodyFields({ model: 'any', messages: [], max_completion_tokens: 5 }, profile);
    expect(JSON.parse(jsonBody(fields))).toEqual({ model: 'any', messages: [], max_tokens: 5 });
    expect(ignoredFields(fields, profile)).toEqual([]);
  });
});
