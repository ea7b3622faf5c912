import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { TestScheduler } from 'rxjs/testing';
import { accumulateContent, chatCompletion$ } from 'rxjs-chat-completions';
import { assertMarbles, marbleTransport } from 'rxjs-chat-completions/testing';

const root = resolve(__dirname, '../..');
const read = (path: string): string => readFileSync(resolve(root, path), 'utf8');
const page = read('docs/testing.md');

/** The code blocks that name their source. */
const blocks = new Map(
  [...page.matchAll(/<!-- ([^>]+) -->\n\n```\w+\n(.*?)\n```/gs)].map(
    ([, source = '', code = '']) => [source, code] as const,
  ),
);

describe('the guide to testing', () => {
  const specs = readdirSync(__dirname)
    .filter((file) => file !== 'guide.spec.ts')
    .map((file) => `spec/guide/${file}`);

  it('contains every spec of its folder, and no other', () => {
    const shown = [...blocks.keys()].filter((source) => source.startsWith('spec/'));
    expect(shown.sort()).toEqual(specs.sort());
  });

  it.each(specs)('contains %s unchanged', (file) => {
    expect(blocks.get(file)).toBe(read(file).trimEnd());
  });

  it('contains the message of a failure', () => {
    const stalled = (): void => {
      new TestScheduler(assertMarbles).run(({ cold, expectObservable }) => {
        const transport = marbleTransport(cold, 'h-a--b 29s -', { a: 'Hel', b: 'lo' });
        const config = { transport, timeouts: { idle: 20_000 } };
        const text$ = chatCompletion$(config, { model: 'any', messages: [] }).pipe(accumulateContent());
        const error = { _tag: 'ChatTimeoutError', phase: 'idle', ms: 10_000 };
        expectObservable(text$).toBe('--a--b 9999ms #', { a: 'Hel', b: 'Hello' }, error);
      });
    };
    expect(stalled).toThrow(new Error(blocks.get('a failure')));
  });

  it('compares the size of a test with and without the kit', () => {
    const sizeOf = (file: string) => {
      const text = read(file);
      return [text.split('\n').filter((line) => line.trim() !== '').length, text.length] as const;
    };
    const [lines, characters] = sizeOf('spec/guide/stall.spec.ts');
    const [linesByHand, charactersByHand] = sizeOf('spec/guide/byHand.spec.ts');
    expect(lines).toBeLessThan(linesByHand / 2);
    expect(characters).toBeLessThan(charactersByHand * 0.65);
    expect(page.replace(/\s+/g, ' ')).toContain(
      `has ${lines} lines and ${characters} characters, this one ${linesByHand} and ${charactersByHand}`,
    );
  });
});
