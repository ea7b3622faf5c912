import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const beside = resolve(__dirname, '../../../shared');

/**
 * The folder of recorded answers that may lie beside the checkout, or undefined.
 *
 * A spec that finds none uses the recordings in `spec/fixtures` only, and passes.
 */
export const sharedFolder: string | undefined = existsSync(beside) ? beside : undefined;
