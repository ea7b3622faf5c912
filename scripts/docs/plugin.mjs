// What typedoc is told beyond typedoc.json, to make pages that are read rather than looked up.
import { existsSync } from 'node:fs';

import { Comment, CommentTag, Converter } from 'typedoc';

/** Where a name of the main entry point stands, by the folder of `lib/` it comes from. */
const CHAPTERS = {
  call: 'Calls',
  errors: 'Errors',
  operators: 'Operators',
  state: 'State',
  fold: 'Folds',
  request: 'Requests',
  transport: 'Transport',
  codec: 'Values',
};

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    intoChapters(project);
    foldersToTheirReadme(project);
  });
}

/** Two hundred names from A to Z would be a telephone book. */
function intoChapters(project) {
  const main = project.children?.find(({ name }) => name === project.name);
  for (const name of main?.children ?? []) {
    const chapter = chapterOf(name.sources?.[0]?.fileName ?? '');
    for (const owner of name.signatures ?? [name]) {
      owner.comment ??= new Comment();
      owner.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: chapter }]));
    }
  }
}

/** `lib/operators/retryChat.ts`: Operators */
function chapterOf(file) {
  const [folder] = file.replace(/^.*?lib\//, '').split('/');
  return CHAPTERS[folder.replace('.ts', '')] ?? 'Responses';
}

/** A host of repositories shows a folder's README to whoever follows a link to the folder; typedoc copies files only. */
function foldersToTheirReadme(project) {
  for (const { content } of project.documents ?? []) {
    for (const part of content) {
      if (part.kind !== 'relative-link' || part.target === undefined) continue;
      const readme = `${project.files.resolvePath(part.target)}/README.md`;
      if (existsSync(readme)) part.target = project.files.registerAbsolute(readme).target;
    }
  }
}
