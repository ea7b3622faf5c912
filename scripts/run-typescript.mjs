// Lets a script import the TypeScript sources, on a fresh clone too. The compiler options map `rxjs-chat-completions` to lib.
import { fileURLToPath } from 'node:url';

import { ensureInstalled } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

// The examples are workspaces, and their packages need no development dependency: a fiftieth of them all.
await ensureInstalled('dependencies', root, { dev: false });

// Imported here, as a fresh clone has no tsx before.
const { register } = await import('tsx/esm/api');
register({ tsconfig: `${root}tsconfig.json` });
