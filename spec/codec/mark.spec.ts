import { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { decodeChunk } from '../../lib/decode/decode';
import { markedChunk, markOf } from '../../lib/codec/mark';

describe('markedChunk', () => {
  it('returns a chunk that adds nothing', () => {
    const chunk = markedChunk({ kind: 'ended-without-reason' });
    expect(ChatCompletionChunk.is(chunk)).toBe(true);
    expect(JSON.stringify(chunk)).toBe('{"choices":[]}');
  });
});

describe('markOf', () => {
  it('reads the mark', () => {
    expect(markOf(markedChunk({ kind: 'restarted', attempt: 2 }))).toEqual({ kind: 'restarted', attempt: 2 });
  });

  it('reads the mark of another copy of this library', () => {
    const chunk = {
      choices: [],
      [Symbol.for('rxjs-chat-completions.mark')]: { kind: 'ended-without-reason' },
    };
    expect(markOf(chunk)).toEqual({ kind: 'ended-without-reason' });
  });

  it('returns undefined for any chunk of a server', () => {
    const forged = decodeChunk(
      '{"choices":[],"mark":{"kind":"restarted"},"Symbol(rxjs-chat-completions.mark)":{"kind":"restarted"}}',
    );
    expect(forged).toMatchObject({ _tag: 'Right' });
    expect('right' in forged && markOf(forged.right)).toBeUndefined();
  });
});
