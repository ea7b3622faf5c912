/** Longest description of a page, in characters: search engines cut it there. */
const MAX_LENGTH = 155;

/** Adds the title of a page, and its first paragraph as its description. */
export const withHead = (markdown, title) =>
  withFrontMatter(markdown, { title, description: descriptionOf(markdown) });

/** Adds the fields that are defined. */
export function withFrontMatter(markdown, fields) {
  const lines = Object.entries(fields)
    .filter(([, text]) => text !== undefined)
    .map(([name, text]) => `${name}: ${JSON.stringify(text)}\n`);
  return `---\n${lines.join('')}---\n\n${markdown}`;
}

function descriptionOf(markdown) {
  const paragraph = markdown.split(/\n{2,}/).find((block) => /^[A-Z`*[].{40}/.test(block));
  const text = paragraph
    ?.replace(/!?\[((?:[^[\]]|\[[^\]]*\])*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/:$/, '.');
  if (text === undefined || text.length <= MAX_LENGTH) return text;
  const cut = text.slice(0, MAX_LENGTH);
  const sentences = /^.{40,}\.(?=\s|$)/.exec(cut)?.[0];
  return sentences ?? `${cut.replace(/\s\S*$/, '')}…`;
}
