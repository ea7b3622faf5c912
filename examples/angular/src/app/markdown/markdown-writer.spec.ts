import { MarkdownWriter } from './markdown-writer';
import { safeAddress } from './safe-address';

/** Renders a text that arrives in fragments of this size. */
function render(text: string, size = text.length || 1): HTMLElement {
  const root = document.createElement('div');
  const writer = new MarkdownWriter(root);
  for (let at = 0; at < text.length; at += size) writer.write(text.slice(at, at + size));
  writer.end();
  return root;
}

describe('MarkdownWriter', () => {
  it.each([
    ['**a** *b* `c`', '<p><strong>a</strong> <em>b</em> <code>c</code></p>'],
    ['(1+2)*(3+4)*(5+6)', '<p>(1+2)*(3+4)*(5+6)</p>'],
    ['*a (b)* **c (d)**', '<p><em>a (b)</em> <strong>c (d)</strong></p>'],
    ['snake_case_name, 2*3*4 and $HOME', '<p>snake_case_name, 2*3*4 and $HOME</p>'],
    [
      '这是**重点**，日本語の**強調**です',
      '<p>这是<strong>重点</strong>，日本語の<strong>強調</strong>です</p>',
    ],
    ['한국어**강조**입니다 데이터*값*', '<p>한국어<strong>강조</strong>입니다 데이터<em>값</em></p>'],
    ['データー**値** นี่คือ**สำคัญ**', '<p>データー<strong>値</strong> นี่คือ<strong>สำคัญ</strong></p>'],
    ['用户_名称_表', '<p>用户_名称_表</p>'],
    ['an [array] of them', '<p>an <span>[array]</span> of them</p>'],
    ['# Title', '<h3>Title</h3>'],
    ['3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
  ])('renders %j', (text, html) => {
    expect(render(text).innerHTML).toBe(html);
  });

  it.each([
    ['- a\n  - b\n\nEnd.', '<ul><li>a<ul><li>b</li></ul></li></ul><p>End.</p>'],
    ['1. a\n\n   p\n\n2. b', '<ol><li>a<br>p</li><li>b</li></ol>'],
    ['1. a\n   - b\n\n   p\n', '<ol><li>a<ul><li>b</li></ul><p>p</p></li></ol>'],
    ['- a\n  ```\n  b\n\n  c\n  ```', '<ul><li>a</li></ul><pre tabindex="0"><code>  b\n\n  c</code></pre>'],
  ])('renders lists with blank lines: %j', (text, html) => {
    for (const size of [1, 2, text.length]) expect(render(text, size).innerHTML).toBe(html);
  });

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[a](javascript:alert(1))',
    '[a](java\tscript:alert(1))',
    '![a](data:text/html,<script>alert(1)</script>)',
    '<a href="javascript:alert(1)">a</a>',
  ])('renders %j as text, however it is split', (text) => {
    for (const size of [1, 2, 7, text.length]) {
      const root = render(text, size);
      expect(
        [...root.querySelectorAll('*')]
          .map(({ localName }) => localName)
          .filter((name) => !/^(p|span)$/.test(name)),
      ).toEqual([]);
      expect(root.textContent?.replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
    }
  });

  it('renders addresses and images as links', () => {
    const [link, image] = render(
      '[a](https://example.com/x) ![b](https://example.com/y.png)',
    ).querySelectorAll('a');
    expect([link?.href, link?.rel, link?.textContent]).toEqual([
      'https://example.com/x',
      'noopener noreferrer nofollow',
      'a',
    ]);
    expect([image?.href, image?.className, image?.textContent]).toEqual([
      'https://example.com/y.png',
      'image',
      'b',
    ]);
  });

  it.each([
    ['Look at https://example.com/a, and', 'https://example.com/a', ', and'],
    ['(see https://example.com/a).', 'https://example.com/a', ').'],
    ['At https://example.com/a_(b) it', 'https://example.com/a_(b)', ' it'],
    ['请看 https://example.com/a。然后', 'https://example.com/a', '。然后'],
    ['Is it https://example.com/?a=b?', 'https://example.com/?a=b', '?'],
  ])('links the address in %j without what is behind it', (text, address, behind) => {
    for (const size of [1, 5, text.length]) {
      const root = render(text, size);
      const link = root.querySelector('a');
      expect([link?.href, link?.textContent, link?.nextSibling?.textContent]).toEqual([
        address,
        address,
        behind,
      ]);
      expect(root.textContent).toBe(text);
    }
  });

  it('does not add a title to the address', () => {
    for (const title of ['"Of it"', "'Of it'"]) {
      const link = render(`[a](https://example.com/ ${title})`).querySelector('a');
      expect([link?.href, link?.textContent]).toEqual(['https://example.com/', 'a']);
    }
  });

  it('keeps the text of an incomplete link', () => {
    for (const text of ['See [RxJS](https://rx', 'See [RxJS](', 'See [RxJS]', 'See ![RxJS](https://rx'])
      expect(render(text, 3).textContent).toBe(text);
  });
});

describe('safeAddress', () => {
  it.each([
    'javascript:alert(1)',
    ' JaVaScript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    '/path',
    'x',
    '',
  ])('refuses %j', (address) => {
    expect(safeAddress(address)).toBeNull();
  });

  it.each(['https://example.com/', 'http://example.com/a?b#c', 'mailto:a@example.com'])(
    'allows %j',
    (address) => {
      expect(safeAddress(address)).toBe(address);
    },
  );
});
