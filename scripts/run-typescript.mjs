// Lets a script import the TypeScript sources, on a fresh clone too. The compiler options map `rxjs-chat-completions` to lib.
import { fileURLToPath } from 'node:url';

import './ensure-installed.mjs';

// Imported here, as a fresh clone has no tsx before ensure-installed.mjs has run.
const { register } = await import('tsx/esm/api');
register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });
