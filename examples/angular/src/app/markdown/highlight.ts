/** Longest code that is coloured, in characters, as it is coloured in one task. */
const LONGEST = 20_000;

/**
 * Colours a code block, if its language is known.
 *
 * The highlighter is loaded with the first block, so that the first view of the page is small.
 */
export async function highlight(block: HTMLElement): Promise<void> {
  const code = block.querySelector('code');
  const language = block.dataset['lang'] ?? '';
  if (code === null || language === '' || code.textContent.length > LONGEST) return;
  const { default: hljs } = await import('highlight.js/lib/common');
  if (hljs.getLanguage(language) === undefined) return;
  // The highlighter escapes the text.
  code.innerHTML = hljs.highlight(code.textContent, { language }).value;
}
