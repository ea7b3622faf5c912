// Runs a bundle where a browser would have it: with globals and no modules.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

globalThis.baseURL = process.env.ANSWERING_SERVER;
await import(pathToFileURL(resolve(process.argv[2])));
