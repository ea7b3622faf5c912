// Runs a bundle as a browser does: with globals and without modules.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

globalThis.baseURL = process.env.STREAM_SERVER;
await import(pathToFileURL(resolve(process.argv[2])));
