import { posix } from 'node:path';

/**
 * Rewrites the links of a guide for the site: to guides by their pages, to pictures by their public files. A link to another file of
 * the repository becomes its text.
 *
 * @param guide - The guide.
 * @param paths - The path of each guide, by its source file.
 */
export function rewriteLinks({ source, path, markdown }, paths) {
  return outsideCode(markdown, (text) =>
    text.replace(/(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g, (link, image, label, target) => {
      if (/^[a-z]+:|^#/.test(target)) return link;
      const [file, anchor] = target.split('#');
      const found = posix.join(posix.dirname(source), file);
      const to = posix.relative(posix.dirname(path), posix.basename(found));
      if (image) return `![${label}](/${posix.basename(to)})`;
      const page = paths.get(found);
      if (page === undefined) return label;
      return `[${label}](/${page}${anchor === undefined ? '' : `#${anchor}`})`;
    }),
  );
}

/** Changes a Markdown text outside of its code blocks. */
export function outsideCode(markdown, change) {
  return markdown
    .split(/(^ *(`{3,}).*?^ *\2$)/ms)
    .filter((part) => !/^`{3,}$/.test(part))
    .map((part) => (/^ *`{3,}/.test(part) ? part : change(part)))
    .join('');
}
