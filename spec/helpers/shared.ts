import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const beside = resolve(__dirname, '../../../shared');

/**
 * The folder of recorded answers that may lie beside the checkout, or undefined.
 *
 * A spec that finds none uses the recordings in `spec/fixtures` only, and passes.
 */
export const sharedFolder = existing(beside);

/** What starts a real llama-server, in that folder; where there is none, specs of a live answer are skipped. */
export const llamaServerFolder = existing(resolve(beside, 'llama-server'));

function existing(folder: string): string | undefined {
  return existsSync(folder) ? folder : undefined;
}
