import { config, isObservable, Subscription } from 'rxjs';
import { scriptedFetch } from 'rxjs-chat-completions/testing';
import ts from 'typescript';

import type { Example } from './compileExamples';
import { dialectFetch } from './dialectFetch';

/** Returns what an example needs that is not installed, so that it is only compiled; undefined if it can be run. */
export function whyNotRun({ code }: Example): string | undefined {
  const packages = [...code.matchAll(/\bfrom '([^']+)'/g)].map(([, name = '']) => name);
  const missing = packages.find((name) => !HERE.test(name));
  if (missing !== undefined) return missing.replace(/^(@[^/]+)\/.*/, '$1');
  return /^\s*describe\(/m.test(code) ? 'a test runner' : undefined;
}

const HERE =
  /^(rxjs-chat-completions(\/(?!angular|node|relay\/node)[\w/]+)?|rxjs(\/.+)?|fp-ts\/.+|io-ts|node:assert)$/;

/** Whether an example checks its outcome, in an assertion or in marbles. */
export const hasOutcome = ({ code }: Example): boolean => ASSERT.test(code) || code.includes(').toBe(');

const ASSERT = /\bconsole\.assert\(/;

/**
 * Runs an example as a module. Its requests go to a scripted model.
 *
 * An Observable that it creates is subscribed to at its end, since it is cold.
 *
 * @param patience - Longest wait for an assertion, in hundredths of a second.
 * @returns The problems, as `file:line: message`: an assertion that fails or is not reached, and an error that is
 * thrown, emitted, or written to the console.
 */
export async function run({ file, line, code }: Example, patience = 500): Promise<string[]> {
  const problems = new Set<string>();
  const tell = (at: number, words: unknown): void => void problems.add(`${file}:${at}: ${String(words)}`);
  const missed = new Set<number>();
  const asserting = code.split('\n').map((text, i) => {
    if (ASSERT.test(text)) missed.add(line + i);
    return text.replace(ASSERT, `console.assertAt(${line + i})(`);
  });
  const assertAt = (at: number) => (holds: unknown) => {
    missed.delete(at);
    if (holds !== true) tell(at, 'the assertion fails');
  };
  const quiet = (): void => undefined;
  const tests: unknown[] = [];
  const given = {
    require,
    exports: {},
    it: (_name: string, test: () => unknown) => void tests.push(test()),
    console: { log: quiet, warn: quiet, error: (words: unknown) => tell(line, words), assertAt },
    process: { stdout: { write: quiet } },
  };

  const { fetch } = globalThis;
  globalThis.fetch = dialectFetch(scriptedFetch(reply));
  config.onUnhandledError = (error) => tell(line, error);
  const open = new Subscription();
  try {
    const start = new AsyncFunction(...Object.keys(given), moduleOf(asserting.join('\n')));
    const made = (await start(...Object.values(given))) as readonly unknown[];
    await Promise.all(tests);
    for (const value of made) {
      if (isObservable(value)) open.add(value.subscribe({ error: (error: unknown) => tell(line, error) }));
    }
    for (let turn = 0; turn < 20 || (missed.size > 0 && turn < patience); turn++) {
      await new Promise((resolve) => setTimeout(resolve, turn < 20 ? 0 : 10));
    }
  } catch (error) {
    tell(line, error);
  } finally {
    open.unsubscribe();
    globalThis.fetch = fetch;
    config.onUnhandledError = null;
  }
  for (const at of missed) tell(at, 'the assertion is not reached');
  return [...problems];
}

/** A model that calls the tool if there is one, and greets otherwise. */
const reply = ({ body }: { readonly body: unknown }) => ({
  parts:
    typeof body === 'object' && body !== null && 'tools' in body
      ? [{ toolCall: { name: 'weather', arguments: { city: 'Oslo' } } }]
      : [{ reasoning: 'A greeting.' }, 'Hello ', 'there'],
});

/** Converts the example to the body of a function that returns its top-level statements and `…$` constants. */
function moduleOf(code: string): string {
  const { statements } = ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true);
  let text = '';
  let end = 0;
  const names: string[] = [];
  for (const statement of statements) {
    if (ts.isExpressionStatement(statement) && !ts.isAwaitExpression(statement.expression)) {
      const { pos, end: after } = statement.expression;
      text += `${code.slice(end, pos)};made.push(${code.slice(pos, after)})`;
      end = after;
    } else if (ts.isVariableStatement(statement)) {
      names.push(...statement.declarationList.declarations.map(({ name }) => name.getText()));
    }
  }
  const observables = names.filter((name) => name.endsWith('$'));
  const whole = `const made: unknown[] = [];${text}${code.slice(end)}\nmade.push(${observables.join(', ')});`;
  return `${ts.transpile(whole, COMMON_JS)}\nreturn made;`;
}

const COMMON_JS = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS };

const AsyncFunction = (async () => {
  // For its constructor, which has no name.
}).constructor as new (...names: string[]) => (...values: unknown[]) => Promise<unknown>;
