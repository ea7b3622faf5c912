// `npm start`: runs the terminal chat from its TypeScript sources, without a build.
import { fileURLToPath } from 'node:url';

import './run-typescript.mjs';

const main = new URL('../examples/chat/main.ts', import.meta.url);

process.argv[1] = fileURLToPath(main);
await import(main.href);
