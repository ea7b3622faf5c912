import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const beside = resolve(__dirname, '../../../shared');

/**
 * The folder of recorded answers that may be beside the checkout, or undefined.
 *
 * Without it a spec uses the recordings in `spec/fixtures` alone, and passes.
 */
export const sharedFolder = existing(beside);

/** The folder that starts a real llama-server. Without it the specs of a live server are skipped. */
export const llamaServerFolder = existing(resolve(beside, 'llama-server'));

function existing(folder: string): string | undefined {
  return existsSync(folder) ? folder : undefined;
}
