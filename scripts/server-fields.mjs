// Writes docs/server-fields.md: the facts about each server in lib/servers. With --check it writes nothing, and fails if the page
// is out of date. spec/servers/servers.spec.ts tests that each fact applies to the request that is sent.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { require as load } from 'tsx/cjs/api';

import { writePage } from './write-page.mjs';

const folder = new URL('../lib/servers/', import.meta.url);

const exported = load(fileURLToPath(new URL('index.ts', folder)), import.meta.url);

/** A file of one server exports it under the name of the file. Azure's address has a part for the user to fill in. */
const servers = readdirSync(folder)
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((name) => name === 'azure' || exported[name]?.profile !== undefined)
  .map((name) => {
    const text = readFileSync(new URL(`${name}.ts`, folder), 'utf8');
    return {
      name,
      date: /(January|February|March|April|May|June|July|August|September|October|November|December) 20\d\d/.exec(
        text,
      )[0],
      source: /@see (\S+)/.exec(text)[1],
      ...(name === 'azure' ? exported.azure({ resource: 'NAME' }) : exported[name]),
    };
  })
  .sort((one, other) => one.name.localeCompare(other.name));

const code = (text) => `\`${text}\``;
const list = (names = []) => names.map(code).join(', ');
const renamed = (renames = {}) =>
  Object.entries(renames)
    .map(([from, to]) => `${code(from)} → ${code(to)}`)
    .join(', ');

const table = (head, rows) => [
  `| ${head.join(' | ')} |`,
  `| ${head.map(() => '---').join(' | ')} |`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
  '',
];

const lines = [
  '# Fields by server',
  '',
  `The ${servers.length} servers of \`rxjs-chat-completions/servers\`. Facts change: each has the date on which it was read, and its source.`,
  '[Servers](servers.md#profiles) explains the columns.',
  '',
  '## Address and key',
  '',
  ...table(
    ['server', 'address', 'variable of the key', 'header of the key', 'date, source'],
    servers.map(({ name, baseURL, profile, date, source }) => [
      code(name),
      code(baseURL),
      list(profile.keyNames),
      code(profile.keyHeader ?? 'authorization'),
      `[${date}](${source})`,
    ]),
  ),
  '## Request',
  '',
  'Rejected fields are not sent and are reported to `onRemovedField`. Ignored fields are sent and are reported to `onIgnored`.',
  '',
  ...table(
    ['server', 'rejected', 'renamed', 'ignored', 'developer messages', 'reasoning that is returned'],
    servers.map(({ name, profile }) => [
      code(name),
      list(profile.rejects),
      renamed(profile.renames),
      profile.reads ? `all except those [below](#${name.toLowerCase()})` : list(profile.ignores),
      code(profile.developerRole ?? 'developer'),
      profile.reasoningField === undefined ? 'as received' : code(profile.reasoningField),
    ]),
  ),
  ...servers
    .filter(({ profile }) => profile.reads)
    .flatMap(({ name, profile }) => [`## ${name}`, '', `Reads ${list(profile.reads)}.`, '']),
  '`node scripts/server-fields.mjs` writes this page from [lib/servers](../lib/servers/index.ts).',
  '',
];
await writePage('server-fields.md', lines, `${servers.length} servers`);
