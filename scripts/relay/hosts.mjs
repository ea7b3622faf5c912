// The servers that a relay runs in. Each runs the recipe of docs/frameworks.md, with another port.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { bun, deno, tools } from '../consumers/tools.mjs';

const guide = readFileSync(fileURLToPath(new URL('../../docs/frameworks.md', import.meta.url)), 'utf8');

/** Versions of the frameworks. */
export const frameworks = () =>
  tools({
    express: '5.3.0',
    fastify: '5.12.8',
    hono: '4.13.19',
    '@hono/node-server': '2.1.9',
    '@nestjs/common': '12.5.1',
    '@nestjs/core': '12.5.1',
    '@nestjs/platform-express': '12.5.1',
    'reflect-metadata': '0.2.2',
    rxjs: '7.8.2',
  });

/** Returns the code of a recipe: the nth block below a heading. */
function recipe(heading, n = 0) {
  const section = guide.split(`\n### ${heading}\n`)[1]?.split(/\n#{2,3} /)[0] ?? '';
  const code = section.split('```ts\n')[n + 1]?.split('```')[0];
  if (code === undefined) throw new Error(`docs/frameworks.md has no recipe ${n} for ${heading}`);
  return code;
}

const onNode = async () => [process.execPath];
const onBun = async () => [await bun('1.4.5')];
const denoArgs = ['--no-remote', '--node-modules-dir=manual', '--allow-all'];

/** Starts a Nest app with the controller of the recipe. */
const nestApp = (code) => `import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
${code}
@Module({ controllers: [ChatController] })
class AppModule {}
const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(3000, '127.0.0.1');
`;

/** Calls a route handler as Next does, behind a server of node:http. */
const nextApp = `import { createServer } from 'node:http';
import { toNode } from 'rxjs-chat-completions/relay/node';
import { POST } from './route.mjs';
createServer(toNode((http) => POST(http))).listen(3000);
`;

/**
 * `many` readers leave in those that are a runtime of their own.
 *
 * @type {readonly { name: string, code: string, command: (port: string) => Promise<string[]>, many?: true, route?: string }[]}
 */
export const hosts = [
  { name: 'node:http', code: recipe('node:http'), command: onNode, many: true },
  { name: 'Bun', code: recipe('Bun'), command: onBun, many: true },
  {
    name: 'Deno',
    code: recipe('Deno and Workers'),
    command: async (port) => [await deno('2.9.6'), 'serve', '--port', port, ...denoArgs],
    many: true,
  },
  { name: 'Express', code: recipe('Express'), command: onNode },
  { name: 'Fastify', code: recipe('Fastify'), command: onNode },
  { name: 'NestJS', code: nestApp(recipe('NestJS')), command: onNode },
  { name: 'Hono on Node', code: recipe('Hono', 1), command: onNode },
  { name: 'Hono on Bun', code: recipe('Hono'), command: onBun },
  {
    name: 'Hono on Deno',
    code: recipe('Hono'),
    command: async (port) => [await deno('2.9.6'), 'serve', '--port', port, ...denoArgs],
  },
  { name: "Next's route handler", code: nextApp, route: recipe('Next'), command: onNode },
];
