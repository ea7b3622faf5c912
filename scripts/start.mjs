// `npm start`: runs the terminal chat from its TypeScript sources, without a build.
import { fileURLToPath } from 'node:url';

import './ensure-installed.mjs';

// Only now: on a fresh clone there was no tsx when this file was loaded.
const { register } = await import('tsx/esm/api');
const main = new URL('../examples/chat/main.ts', import.meta.url);

// The compiler options hold the path that makes `rxjs-chat-completions` mean lib/index.ts.
register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });
process.argv[1] = fileURLToPath(main);
await import(main.href);
