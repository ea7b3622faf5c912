import { transformSync } from 'esbuild';

/** A transform of Jest for packages with ES modules only. Angular's are large: `ts-jest` takes 10 seconds more for them. */
export default { process: (source) => ({ code: transformSync(source, { format: 'cjs' }).code }) };
