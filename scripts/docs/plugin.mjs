// Typedoc plugin that groups the names of the main entry point and links folders to their README.
import { existsSync } from 'node:fs';

import { Comment, CommentTag, Converter } from 'typedoc';

/** Groups of the main entry point, by folder of `lib/`. */
const GROUPS = {
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
    groupExports(project);
    linkReadmes(project);
  });
}

/** Groups the exports, which would otherwise be one alphabetical list. */
function groupExports(project) {
  const main = project.children?.find(({ name }) => name === project.name);
  for (const name of main?.children ?? []) {
    const group = groupOf(name.sources?.[0]?.fileName ?? '');
    for (const owner of name.signatures ?? [name]) {
      owner.comment ??= new Comment();
      owner.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: group }]));
    }
  }
}

/** `lib/operators/retryChat.ts`: Operators */
function groupOf(file) {
  const [folder] = file.replace(/^.*?lib\//, '').split('/');
  return GROUPS[folder.replace('.ts', '')] ?? 'Responses';
}

/** Links to a folder's README, as Typedoc cannot link to a folder. */
function linkReadmes(project) {
  for (const { content } of project.documents ?? []) {
    for (const part of content) {
      if (part.kind !== 'relative-link' || part.target === undefined) continue;
      const readme = `${project.files.resolvePath(part.target)}/README.md`;
      if (existsSync(readme)) part.target = project.files.registerAbsolute(readme).target;
    }
  }
}
