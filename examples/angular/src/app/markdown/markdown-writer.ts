import * as smd from 'streaming-markdown';

import { lineBreaks } from './line-breaks';
import { safeAddress } from './safe-address';

/** Tokens that map to an element. */
const ELEMENTS: Readonly<Partial<Record<smd.Token, keyof HTMLElementTagNameMap>>> = {
  [smd.PARAGRAPH]: 'p',
  [smd.BLOCKQUOTE]: 'blockquote',
  [smd.LINE_BREAK]: 'br',
  [smd.RULE]: 'hr',
  // The page uses h1 and h2 itself.
  [smd.HEADING_1]: 'h3',
  [smd.HEADING_2]: 'h4',
  [smd.HEADING_3]: 'h5',
  [smd.HEADING_4]: 'h6',
  [smd.HEADING_5]: 'h6',
  [smd.HEADING_6]: 'h6',
  [smd.ITALIC_AST]: 'em',
  [smd.ITALIC_UND]: 'em',
  [smd.STRONG_AST]: 'strong',
  [smd.STRONG_UND]: 'strong',
  [smd.STRIKE]: 's',
  [smd.CODE_INLINE]: 'code',
  [smd.EQUATION_INLINE]: 'code',
  [smd.EQUATION_BLOCK]: 'code',
  [smd.LIST_UNORDERED]: 'ul',
  [smd.LIST_ORDERED]: 'ol',
  [smd.LIST_ITEM]: 'li',
  [smd.RAW_URL]: 'a',
};

/** Tokens in which Markdown characters are literal. */
const VERBATIM: ReadonlySet<number> = new Set([
  smd.CODE_INLINE,
  smd.CODE_BLOCK,
  smd.CODE_FENCE,
  smd.RAW_URL,
  smd.MAYBE_URL,
  smd.EQUATION_INLINE,
  smd.EQUATION_BLOCK,
]);

/** Tokens that a character can close. */
const CLOSES: Readonly<Record<string, readonly number[]>> = {
  '*': [smd.STRONG_AST, smd.ITALIC_AST],
  _: [smd.STRONG_UND, smd.ITALIC_UND],
};

/** Characters of a word, after which nothing opens emphasis. */
const WORD = /[\p{L}\p{N}]/u;

/** The same for `*`, without scripts that have no spaces between words, where emphasis starts right after a word. */
const SPACED =
  /(?![\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}])[\p{L}\p{N}]/u;

/** Punctuation after an address, which the parser adds to the address. */
const TRAILING = '.,;:!?\'"]*';

/** Punctuation that ends an address without a space. */
const ENDS_ADDRESS = /[，。、；：！？）】」』》]/u;

/** Matches the address of a link with a title. */
const TITLED = /^\s*(\S+)\s+(?:".*"|'.*')\s*$/s;

interface Open {
  readonly token: smd.Token;
  readonly node: HTMLElement;
}

/**
 * Writes Markdown into an element while it arrives.
 *
 * The parser is streaming-markdown's. Elements are created with `createElement` and text nodes only, so text of a model is never
 * parsed as HTML. Links are restricted by {@link safeAddress}. Images become links, as loading one reveals to its server that the
 * answer was read.
 */
export class MarkdownWriter {
  readonly #root: HTMLElement;
  readonly #onCode: (block: HTMLElement) => void;
  readonly #open: Open[] = [];
  readonly #parser: smd.Parser;
  readonly #write: (text: string, isEnd: boolean) => void;
  /** The last character, apart from literal Markdown characters. */
  #previous = '';

  /** @param onCode - Called with each code block when it is complete. */
  constructor(root: HTMLElement, onCode: (block: HTMLElement) => void = () => undefined) {
    this.#root = root;
    this.#onCode = onCode;
    this.#parser = smd.parser({
      data: undefined,
      add_token: (_, token) => this.#begin(token),
      end_token: () => this.#end(),
      add_text: (_, text) => this.#text(text),
      set_attr: (_, attr, value) => this.#attribute(attr, value),
    });
    this.#write = lineBreaks(this.#parser, (part) => this.#writeMarks(part));
  }

  write(text: string): void {
    this.#write(text, false);
  }

  #writeMarks(text: string): void {
    for (const part of text.split(/(_+|\*+|\$+)/)) {
      const literal = /^[_*$]/.test(part) && this.#isLiteral(part);
      smd.parser_write(this.#parser, literal ? part.replace(/./g, '\\$&') : part);
      if (!literal) this.#previous = part.at(-1) ?? this.#previous;
    }
  }

  end(): void {
    this.#write('', true);
    smd.parser_end(this.#parser);
    while (this.#open.length > 0) this.#end();
  }

  get #top(): HTMLElement {
    return this.#open.at(-1)?.node ?? this.#root;
  }

  #begin(token: smd.Token): void {
    if (token === smd.DOCUMENT) return;
    this.#open.push({ token, node: this.#create(token) });
  }

  #create(token: smd.Token): HTMLElement {
    const name = ELEMENTS[token];
    if (name !== undefined) return add(this.#top, name);
    switch (token) {
      case smd.CODE_BLOCK:
      case smd.CODE_FENCE: {
        const block = add(this.#top, 'pre');
        block.tabIndex = 0; // Focusable, as it scrolls sideways.
        return add(block, 'code');
      }
      case smd.TABLE: {
        const frame = add(this.#top, 'div');
        frame.className = 'table';
        frame.tabIndex = 0;
        return add(frame, 'table');
      }
      case smd.TABLE_ROW: {
        const parts = this.#top.children;
        if (parts.length === 0) return add(add(this.#top, 'thead'), 'tr');
        return add((parts[1] as HTMLElement | undefined) ?? add(this.#top, 'tbody'), 'tr');
      }
      case smd.TABLE_CELL:
        return add(this.#top, this.#top.parentElement?.localName === 'thead' ? 'th' : 'td');
      case smd.CHECKBOX: {
        const box = add(this.#top, 'span');
        box.textContent = '☐';
        return box;
      }
      default:
        return add(this.#top, 'span'); // A link or an image, until its address is known.
    }
  }

  #end(): void {
    const ended = this.#open.pop();
    if (ended?.token === smd.RAW_URL) this.#endOfAddress(ended);
    if (ended?.token === smd.CODE_FENCE || ended?.token === smd.CODE_BLOCK) {
      this.#onCode(ended.node.parentElement as HTMLElement);
    }
    if (ended === undefined || (ended.token !== smd.LINK && ended.token !== smd.IMAGE)) return;
    if (ended.node.dataset['address'] !== undefined) return;
    // The parser opens a link at any bracket. Without an address it is text.
    ended.node.prepend(ended.token === smd.LINK ? '[' : '![');
    if (!this.#parser.pending.startsWith(']')) return;
    // With the beginning of an incomplete address.
    ended.node.append(this.#parser.pending.trimEnd());
    this.#parser.pending = '';
  }

  #endOfAddress(ended: Open): void {
    const written = ended.node.textContent ?? '';
    const address = addressIn(written);
    if (address !== written) {
      ended.node.textContent = address;
      ended.node.after(written.slice(address.length));
    }
    this.#address(ended, address);
  }

  #text(text: string): void {
    const last = this.#top.lastChild;
    if (last instanceof Text) last.appendData(text);
    else this.#top.append(text);
  }

  #attribute(attr: smd.Attr, value: string): void {
    const open = this.#open.at(-1);
    if (open === undefined) return;
    switch (attr) {
      case smd.HREF:
      case smd.SRC:
        // A bare address is set when it has ended.
        if (open.token !== smd.RAW_URL) this.#address(open, value);
        break;
      case smd.LANG:
        if (open.node.parentElement) open.node.parentElement.dataset['lang'] = value.trim();
        break;
      case smd.CHECKED:
        open.node.textContent = '☑';
        break;
      case smd.START:
        (open.node as HTMLOListElement).start = Number(value);
    }
  }

  #address({ token, node }: Open, written: string): void {
    const address = safeAddress(written.replace(TITLED, '$1'));
    node.dataset['address'] = 'known';
    if (address === null) {
      if (token === smd.RAW_URL) return;
      // Shown as it was written.
      node.prepend(token === smd.IMAGE ? '![' : '[');
      node.append(`](${written})`);
      return;
    }
    const link = node instanceof HTMLAnchorElement ? node : document.createElement('a');
    link.href = address;
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
    if (token === smd.IMAGE) link.className = 'image';
    if (link === node) return;
    if (node.childNodes.length === 0) node.append(address);
    link.append(...node.childNodes);
    node.append(link);
  }

  /**
   * Whether to escape a character. The parser would open emphasis or a formula in `snake_case`, `2*3`, `(1+2)*(3+4)` and
   * `$HOME`.
   */
  #isLiteral(character: string): boolean {
    const parser = this.#parser;
    const block = parser.tokens[parser.len] ?? smd.DOCUMENT;
    if (VERBATIM.has(parser.token) || VERBATIM.has(block) || /^(`|\]\()/.test(parser.pending)) return false;
    if (character.startsWith('$')) return parser.indent_len < 3; // With more it may start a line of code.
    const isProduct = character === '*' && this.#previous === ')';
    const inWord = (character.startsWith('*') ? SPACED : WORD).test(this.#previous);
    return (isProduct || inWord) && !CLOSES[character.charAt(0)]?.includes(parser.token);
  }
}

/** Removes the punctuation after an address. A closing bracket belongs to the address if it has an opening one. */
function addressIn(written: string): string {
  const [address = ''] = written.split(ENDS_ADDRESS, 1);
  const trailing = address.includes('(') ? TRAILING : `${TRAILING})`;
  let end = address.length;
  while (trailing.includes(address.charAt(end - 1)) && end > 0) end -= 1;
  return address.slice(0, end);
}

function add<Name extends keyof HTMLElementTagNameMap>(
  parent: HTMLElement,
  name: Name,
): HTMLElementTagNameMap[Name] {
  return parent.appendChild(document.createElement(name));
}
