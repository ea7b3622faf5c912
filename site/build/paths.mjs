import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folders of the site. Everything in `content` is generated. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
export const site = join(root, 'site');
export const content = join(site, 'content');
export const publicFolder = join(content, 'public');
export const output = join(site, 'dist');
