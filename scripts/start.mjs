// `npm start`: runs the terminal chat from its TypeScript sources, without a build.
import { fileURLToPath } from 'node:url';

import './ensure-installed.mjs';

// Imported here, as a fresh clone has no tsx before ensure-installed.mjs has run.
const { register } = await import('tsx/esm/api');
const main = new URL('../examples/chat/main.ts', import.meta.url);

// The compiler options map `rxjs-chat-completions` to lib/index.ts.
register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });
process.argv[1] = fileURLToPath(main);
await import(main.href);
