import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bench = fileURLToPath(new URL('..', import.meta.url));

const CALL = `{ model: 'm', messages: [{ role: 'user', content: 'Hi' }] }`;

/** The shortest streaming call with each library. */
const calls = {
  library: `import { chatCompletion$ } from 'rxjs-chat-completions';
    chatCompletion$({}, ${CALL}).subscribe(console.log);`,
  xsai: `import { streamText } from '@xsai/stream-text';
    for await (const text of streamText({ baseURL: '/v1', ...${CALL} }).textStream) console.log(text);`,
  ollama: `import { Ollama } from 'ollama/browser';
    for await (const part of await new Ollama().chat({ ...${CALL}, stream: true })) console.log(part);`,
  openai: `import OpenAI from 'openai';
    const openai = new OpenAI({ apiKey: '' });
    for await (const chunk of await openai.chat.completions.create({ ...${CALL}, stream: true })) console.log(chunk);`,
  'ai-sdk': `import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
    import { streamText } from 'ai';
    const model = createOpenAICompatible({ name: 'n', baseURL: '/v1' }).chatModel('m');
    for await (const text of streamText({ model, prompt: 'Hi' }).textStream) console.log(text);`,
  langchain: `import { ChatOpenAI } from '@langchain/openai';
    for await (const chunk of await new ChatOpenAI({ model: 'm' }).stream('Hi')) console.log(chunk);`,
};

/**
 * Returns the size that one streaming call adds to an app, minified and gzipped, in kB of 1000 bytes.
 *
 * @param external - Packages that the app already contains.
 */
export async function bundleKB(id, external = []) {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    stdin: { contents: calls[id], resolveDir: id === 'library' ? root : bench },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    external: ['node:*', ...external],
    logLevel: 'silent',
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length / 1000;
}

export const bundled = Object.keys(calls);
