import fc from 'fast-check';

import { addContent, contentIn, contentOf } from '../../lib/fold/content';
import { anyChunks, chunkWith, restart } from './chunks';

describe('contentOf', () => {
  it.each<[string, Parameters<typeof contentOf>[0]]>([
    ['no choices', {}],
    ['choices of null', { choices: null }],
    ['usage alone', { choices: [], usage: { total_tokens: 3 } }],
    ['a choice without a delta', { choices: [{ index: 0 }] }],
    ['content of null', chunkWith({ content: null })],
    ['reasoning alone', chunkWith({ content: '', reasoning: 'Hm' })],
    ['another choice', chunkWith({ content: 'Hi' }, 1)],
  ])('is empty for %s', (_, chunk) => {
    expect(contentOf(chunk)).toBe('');
  });

  it('finds a choice by its index, not by its place', () => {
    const chunk = {
      choices: [
        { index: 1, delta: { content: 'one' } },
        { index: 0, delta: { content: 'none' } },
      ],
    };
    expect([contentOf(chunk), contentOf(chunk, { choice: 1 }), contentOf(chunk, { choice: 2 })]).toEqual([
      'none',
      'one',
      '',
    ]);
  });

  it('finds a choice without an index by its place', () => {
    expect(
      contentOf(
        { choices: [{ delta: { content: 'a' } }, { index: null, delta: { content: 'b' } }] },
        { choice: 1 },
      ),
    ).toBe('b');
  });

  it('joins two entries of one choice', () => {
    const entries = ['Hel', 'lo'].map((content) => ({ index: 0, delta: { content } }));
    expect(contentOf({ choices: entries })).toBe('Hello');
  });
});

describe('contentIn', () => {
  it('reads the text parts of a list', () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'no' }] },
      { type: 'text', text: 'Hel' },
      { type: 'reference', reference_ids: [1] },
      { type: 'text', text: null },
      { type: 'text', text: 'lo' },
    ];
    expect(contentIn({ content })).toBe('Hello');
  });
});

describe('addContent', () => {
  it('appends', () => {
    const chunks = ['Hel', '', 'lo'].map((content) => chunkWith({ content }));
    expect(chunks.reduce((text, chunk) => addContent(text, chunk), '')).toBe('Hello');
  });

  it('resets at a restart', () => {
    expect(addContent('Hel', restart)).toBe('');
  });

  it('accepts any chunks in any order', () => {
    fc.assert(
      fc.property(anyChunks, fc.nat(2), (chunks, choice) => {
        const text = chunks.reduce((before, chunk) => addContent(before, chunk, { choice }), '');
        expect(text).toBe(
          chunks
            .slice(chunks.lastIndexOf(restart) + 1)
            .reduce((before, chunk) => before + contentOf(chunk, { choice }), ''),
        );
      }),
    );
  });
});
