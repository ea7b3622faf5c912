import { addAttachments, noAttachments, type Attachments } from '../../lib/fold/attachments';
import { markedChunk } from '../../lib/codec/mark';

const image = (data: string): object => ({
  type: 'image_url',
  image_url: { url: `data:image/png;base64,${data}` },
});
const source = (url: string): object => ({ type: 'url_citation', url_citation: { url } });
const delta = (fields: object, index = 0): object => ({ choices: [{ index, delta: fields }] });

/** The attachments after these chunks. */
const after = (...chunks: readonly object[]): Attachments =>
  chunks.reduce<Attachments>((before, chunk) => addAttachments(before, chunk), noAttachments);

describe('addAttachments', () => {
  it.each<readonly [string, readonly object[], Partial<Attachments>]>([
    [
      'images in order, equal ones too',
      [delta({ images: [image('a')] }), delta({ images: [image('b'), image('b')] })],
      { images: [image('a'), image('b'), image('b')] },
    ],
    [
      'audio, its fragments appended',
      [
        delta({ audio: { id: 'audio_1', transcript: 'Hel' } }),
        delta({ audio: { data: 'AA', transcript: 'lo' } }),
        delta({ audio: { data: 'BB' } }),
        delta({ audio: { expires_at: 9 } }),
      ],
      { audio: { id: 'audio_1', transcript: 'Hello', data: 'AABB', expires_at: 9 } },
    ],
    [
      'annotations that are sent once each',
      [delta({ annotations: [source('a')] }), delta({ annotations: [source('b')] })],
      { annotations: [source('a'), source('b')] },
    ],
    [
      'annotations that are repeated in each chunk',
      [delta({ annotations: [source('a')] }), delta({ annotations: [source('a'), source('b')] })],
      { annotations: [source('a'), source('b')] },
    ],
    [
      'citations that are repeated in each chunk',
      [{ citations: ['a', 'b'] }, { citations: ['a', 'b'] }, { citations: ['a', 'b', 'c'] }],
      { citations: ['a', 'b', 'c'] },
    ],
    [
      'citations in objects',
      [{ citations: [{ url: 'a', title: 'A' }, { title: 'B' }, 7, null] }],
      { citations: ['a'] },
    ],
    [
      'images among the parts of a content',
      [
        delta({ content: [{ type: 'text', text: 'See' }, image('a')] }),
        delta({ content: [image('b')], images: [image('c')] }),
      ],
      { images: [image('a'), image('c'), image('b')] },
    ],
    [
      'images beside items that are none',
      [delta({ images: [null, image('a'), 'b'] }), delta({ images: [null] })],
      { images: [image('a')] },
    ],
    [
      'the images, but not the citations, of a delta',
      [delta({ images: [image('a')], citations: { a: 1 } })],
      { images: [image('a')] },
    ],
    ['another choice not', [delta({ images: [image('a')] }, 1)], {}],
    [
      'values of other types not',
      [
        { citations: 'a' },
        { citations: null },
        delta({ images: 'a', annotations: { CodeVulnerability: [] } }),
        delta({ images: null, audio: null, annotations: null }),
        delta({ content: 'Hi', citations: ['a'] }),
        { choices: null },
      ],
      {},
    ],
  ])('reads %s', (_, chunks, expected) => {
    expect(after(...chunks)).toEqual({ ...noAttachments, ...expected });
  });

  it('returns the same object for a chunk without attachments', () => {
    const before = after(delta({ images: [image('a')] }), { citations: ['a'] });
    expect(addAttachments(before, delta({ content: 'Hi' }))).toBe(before);
    const cited: object = { citations: ['a'] };
    expect(addAttachments(before, cited)).toBe(before);
  });

  it('mutates nothing, and resets at a restart', () => {
    const before = after(delta({ images: [image('a')] }));
    addAttachments(before, delta({ images: [image('b')] }));
    expect(before.images).toHaveLength(1);
    expect(addAttachments(before, markedChunk({ kind: 'restarted', attempt: 2 }))).toBe(noAttachments);
  });

  it('follows another choice', () => {
    const chunk = delta({ images: [image('a')] }, 1);
    expect(addAttachments(noAttachments, chunk, { choice: 1 }).images).toEqual([image('a')]);
  });
});
