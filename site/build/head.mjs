/** Longest description of a page, in characters: search engines cut it there. */
const MAX_LENGTH = 155;

/** Adds the first paragraph of a page as its description. */
export function withDescription(markdown) {
  const description = descriptionOf(markdown);
  return description === undefined
    ? markdown
    : `---\ndescription: ${JSON.stringify(description)}\n---\n\n${markdown}`;
}

function descriptionOf(markdown) {
  const paragraph = markdown
    .split(/\n{2,}/)
    .find((block) => /^[A-Z`*[].{40}/.test(block) && !block.endsWith(':'));
  const text = paragraph
    ?.replace(/!?\[((?:[^[\]]|\[[^\]]*\])*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  if (text === undefined || text.length <= MAX_LENGTH) return text;
  return `${text.slice(0, MAX_LENGTH).replace(/\s\S*$/, '')}…`;
}
