// `npm run example:relay`: a relay whose answers survive a reload and the death of a process, from its TypeScript sources. It starts itself
// again for each process of the relay.
import './run-typescript.mjs';

await import('../examples/relay/main.ts');
