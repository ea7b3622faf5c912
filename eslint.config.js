import { fileURLToPath } from 'node:url';

import js from '@eslint/js';
import rxjs from 'eslint-plugin-rxjs-x';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  globalIgnores([
    '**/dist/',
    '**/coverage/',
    'reference/',
    'examples/angular/',
    'scripts/consumers/apps/angular/**/*.ts',
    'spec/fixtures/',
    'spec/frameworks/',
    'site/content/',
    'site/.vitepress/',
  ]),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, rxjs.configs.strict],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: fileURLToPath(new URL('.', import.meta.url)) },
    },
    rules: {
      // A codec's methods are bound: `pipe(json, Chunk.decode)` is how io-ts is written.
      '@typescript-eslint/unbound-method': 'off',
      'rxjs-x/no-unbound-methods': 'off',
      // The compiler reports these, and lets an argument that starts with `_` be.
      '@typescript-eslint/no-unused-vars': 'off',
      // What a terminal or a wire must not get through is named by its code.
      'no-control-regex': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `[...'text']` cuts into characters, which is what it is written for.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // Stopping belongs above the fold: `toChatState` completes with its source, and tells that it was stopped.
      'rxjs-x/no-unsafe-takeuntil': [
        'error',
        {
          allow: [
            'takeLast',
            'finalize',
            'map',
            'tap',
            'toArray',
            'toChatState',
            'toRunState',
            'perFrame',
            'smoothText',
            'accumulateContent',
            'accumulateCompletion',
            'auditTime',
            'last',
            'reduce',
          ],
        },
      ],
      // What a `catchError` caught and passes on is `unknown`.
      'rxjs-x/throw-error': ['error', { allowThrowingAny: false, allowThrowingUnknown: true }],
      // `() => subject.next()` and `finalize(() => close())` say what they do.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
    },
  },
  {
    files: ['lib/**/*.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    // What a spec leaves out fails it: an error nobody handles, a stream without a value, a value that is not there.
    files: ['spec/**/*.ts'],
    rules: {
      'rxjs-x/no-ignored-error': 'off',
      // Some show what becomes of the wrong order.
      'rxjs-x/no-unsafe-takeuntil': 'off',
      'rxjs-x/no-ignored-default-value': 'off',
      // Takes a fifth of the time of all rules, and no spec has an enum.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // Scripts run on Node, so its globals are what the Node that lints has.
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly'])),
    },
  },
);
