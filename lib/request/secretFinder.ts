/** The fewest characters of a secret that count as a part of it, where a text was cut inside it. */
const LEAST_PART = 4;

/** The fewest characters of a secret that count as a part of it wherever they are. */
const LONG_PART = 16;

/** A cut: the end of the text or an ellipsis, after what is left of an escape. */
const CUT = /(?:\\+[ux]?[\da-f]{0,3}|%[\da-f]?|&#?\w{0,7})?(?=$|…|\.\.)/iy;

/** A place of a secret in a text: from `start` up to `end`. */
interface Found {
  readonly start: number;
  readonly end: number;
}

/** Returns the places of secrets in a text, in order and apart from one another. */
export type SecretFinder = (text: string) => readonly Found[];

/**
 * Creates a finder of secrets in texts: plain, or with any of their characters escaped for JSON, a URL or HTML, also several
 * times, also where a text was cut inside a secret: at its end, before an ellipsis, or anywhere after many characters.
 *
 * Takes time in proportion to the text.
 *
 * @param secrets - Texts to find. Case does not count.
 */
export function createSecretFinder(secrets: readonly string[]): SecretFinder {
  if (secrets.length === 0) return () => [];
  const texts = secrets.map(plain);
  const spelled = texts.map((text) => Array.from(text, formsOf));
  const starts = new RegExp(texts.map((text) => sourceOf(text.charAt(0))).join('|'), 'gi');
  return (text) => {
    const found: Found[] = [];
    starts.lastIndex = 0;
    for (let match = starts.exec(text); match !== null; match = starts.exec(text)) {
      const start = match.index;
      const end = Math.max(...spelled.map((forms) => endOf(text, start, forms)));
      if (end > start) found.push({ start, end });
      starts.lastIndex = Math.max(end, start + 1);
    }
    return found;
  };
}

/**
 * A secret without backslashes: any number of them may precede each character, since escapes are escaped again. A line break or a
 * tab, escaped in a body, is a blank.
 */
const plain = (secret: string): string => secret.replace(/\\[nrt]|\s/g, ' ').replaceAll('\\', '');

/** Returns the end of a secret that begins at a place of a text; -1 if there is none. */
function endOf(text: string, start: number, forms: readonly RegExp[]): number {
  let at = start;
  for (const [read, form] of forms.entries()) {
    form.lastIndex = at;
    if (!form.test(text)) {
      CUT.lastIndex = at;
      if (read >= LEAST_PART && CUT.test(text)) return CUT.lastIndex;
      return read >= LONG_PART ? at : -1;
    }
    at = form.lastIndex;
  }
  return at;
}

const FORMS = new Map<string, RegExp>();

/**
 * Returns a pattern of a character, after any number of backslashes in any form: as few as possible before a `u` or an `x`, which
 * may also be that of an escape.
 */
function formsOf(character: string): RegExp {
  let forms = FORMS.get(character);
  if (forms === undefined) {
    const fewest = /[ux]/i.test(character) ? '?' : '';
    forms = new RegExp(`${BACKSLASHES}${fewest}(?:${sourceOf(character)})`, 'iy');
    FORMS.set(character, forms);
  }
  return forms;
}

const PERCENT = '(?:%|\\\\u0025|&#37;|&#x25;)(?:25)*';
const AMPERSAND = `(?:&|\\\\u0026|${PERCENT}26)(?:amp;|#38;|#x26;)*`;
const BACKSLASHES = `(?:\\\\u005c|\\\\|${PERCENT}5c|${AMPERSAND}#(?:0*92|x0*5c);)*`;

/** Further forms: of a blank and a plus in a URL and of a blank in JSON, of an ampersand that HTML escapes again. */
const OTHER_FORMS: Readonly<Record<string, string>> = {
  ' ': '[+\\snrt]',
  '+': ' ',
  '&': AMPERSAND,
};

/** Returns the source of a pattern of a character in its forms, the character itself last. */
function sourceOf(character: string): string {
  const code = character.charCodeAt(0);
  // A blank may be a tab or a line break.
  const [decimal, hex] = code === 32 ? ['(?:32|9|1[03])', '(?:20|[9ad])'] : [code, code.toString(16)];
  const forms = [
    `\\\\[ux]0*${hex}`,
    // In HTML, letters and digits have no name, and `&` may precede any other. Which name it is makes no difference.
    `${AMPERSAND}(?:#0*${decimal}|#x0*${hex}${/[a-z\d&]/i.test(character) ? '' : '|(?!amp)[a-z]{2,8}'});`,
    `${PERCENT}0*${hex}`,
    OTHER_FORMS[character],
  ];
  if (code >= 0x80) {
    const bytes = Array.from(new TextEncoder().encode(character), (byte) => byte.toString(16));
    forms.push(...['\\x', PERCENT].map((escape) => bytes.map((byte) => escape + byte).join('')));
  }
  return [...forms, character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')].filter(Boolean).join('|');
}
