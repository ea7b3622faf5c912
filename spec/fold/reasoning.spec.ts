import fc from 'fast-check';

import { contentIn } from '../../lib/fold/content';
import { addReasoning, reasoningIn, reasoningOf } from '../../lib/fold/reasoning';
import { anyChunks, chunkWith, restart } from './chunks';

describe('reasoningIn', () => {
  it.each<[string, Parameters<typeof reasoningIn>[0]]>([
    ['reasoning (Ollama)', { reasoning: 'Hm', content: '' }],
    ['reasoning_content (llama.cpp)', { reasoning_content: 'Hm' }],
    ['reasoning_text (Copilot)', { reasoning_text: 'Hm' }],
    ['thinking (gateways)', { thinking: 'Hm', content: '' }],
    ['reasoning_content beside an empty reasoning', { reasoning: '', reasoning_content: 'Hm' }],
    [
      'reasoning_details (OpenRouter)',
      { reasoning: null, reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] },
    ],
    ['a summary (OpenRouter)', { reasoning_details: [{ type: 'reasoning.summary', summary: 'Hm' }] }],
    [
      'content parts (Mistral)',
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] },
          { type: 'text', text: 'no' },
        ],
      },
    ],
    ['content parts of plain text', { content: [{ type: 'thinking', thinking: 'Hm' }] }],
    ...[
      { type: 'thinking', text: 'Hm' },
      { type: 'reasoning', text: 'Hm' },
      { type: 'reasoning', reasoning: 'Hm' },
      { type: 'reasoning_text', text: 'Hm' },
      { type: 'thought', text: 'Hm' },
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm', signature: 's' }] },
    ].map((part): [string, Parameters<typeof reasoningIn>[0]] => [
      JSON.stringify(part),
      { content: [part, { type: 'text', text: 'no' }] },
    ]),
  ])('reads %s', (_, said) => {
    expect(reasoningIn(said)).toBe('Hm');
    expect(contentIn(said).replace('no', '')).toBe('');
  });

  it('counts text that is in several fields once', () => {
    expect(
      reasoningIn({ reasoning: 'Hm', reasoning_content: 'Hm', reasoning_details: [{ text: 'Hm' }] }),
    ).toBe('Hm');
  });

  it.each<[string, Parameters<typeof reasoningIn>[0]]>([
    ['nothing', {}],
    ['content', { content: 'Hi' }],
    ['null', { reasoning: null, reasoning_content: null, reasoning_details: null, content: null }],
    ['an encrypted block', { reasoning_details: [{ type: 'reasoning.encrypted', data: 'abc' }] }],
  ])('reads none in %s', (_, said) => {
    expect(reasoningIn(said)).toBe('');
  });
});

describe('addReasoning', () => {
  it('appends the reasoning of each delta, whichever field holds it', () => {
    const chunks = [
      { reasoning: 'Two' },
      { content: 'no' },
      { reasoning_content: ' and' },
      { reasoning: ' two' },
    ].map((delta) => chunkWith(delta));
    expect(chunks.reduce((text, chunk) => addReasoning(text, chunk), '')).toBe('Two and two');
  });

  it('reads one choice', () => {
    expect([
      reasoningOf(chunkWith({ reasoning: 'Hm' }, 1)),
      reasoningOf(chunkWith({ reasoning: 'Hm' }, 1), { choice: 1 }),
    ]).toEqual(['', 'Hm']);
  });

  it('resets at a restart', () => {
    expect(addReasoning('Hm', restart)).toBe('');
  });

  it('accepts any chunks in any order', () => {
    fc.assert(
      fc.property(anyChunks, fc.nat(2), (chunks, choice) => {
        expect(typeof chunks.reduce((text, chunk) => addReasoning(text, chunk, { choice }), '')).toBe(
          'string',
        );
      }),
    );
  });
});
