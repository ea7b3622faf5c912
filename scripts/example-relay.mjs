// `npm run example:relay`: a relay whose answers survive a reload and the death of a process, from its TypeScript sources. It starts itself
// again for each process of the relay.
import { fileURLToPath } from 'node:url';

import './ensure-installed.mjs';

// Imported here, as a fresh clone has no tsx before ensure-installed.mjs has run.
const { register } = await import('tsx/esm/api');

// The compiler options map `rxjs-chat-completions` to lib/index.ts.
register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });
await import('../examples/relay/main.ts');
