import { availableParallelism } from 'node:os';

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // For a busy machine. Only a test that hangs takes this long.
  testTimeout: 60_000,
  // Some specs wait for servers and other processes.
  maxWorkers: availableParallelism() + 1,
  roots: ['<rootDir>/lib', '<rootDir>/spec'],
  testMatch: ['<rootDir>/spec/**/*.spec.ts'],
  globalSetup: '<rootDir>/spec/helpers/globalSetup.ts',
  setupFiles: ['<rootDir>/spec/helpers/properties.ts'],
  transform: {
    // The packages have ES modules only, which Jest cannot load unchanged.
    '(\\.ts|/@angular/.+\\.mjs|/streaming-markdown/.+\\.js)$': '<rootDir>/spec/helpers/toCommonJS.mjs',
  },
  transformIgnorePatterns: ['/node_modules/(?!(@angular|streaming-markdown)/)'],
  moduleNameMapper: {
    '^streaming-markdown$': '<rootDir>/node_modules/streaming-markdown/smd.js',
    '^rxjs-chat-completions$': '<rootDir>/lib/index.ts',
    '^rxjs-chat-completions/(.+)$': ['<rootDir>/lib/$1/index.ts', '<rootDir>/lib/$1.ts'],
  },
};
