import { availableParallelism } from 'node:os';

// File by file to CommonJS, without types: `tsc` checks those.
const transpileOnly = {
  target: 'ES2022',
  module: 'CommonJS',
  moduleResolution: 'bundler',
  isolatedModules: true,
};

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
    '^.+\\.ts$': ['ts-jest', { tsconfig: transpileOnly }],
    // Packages with ES modules only, which Jest cannot load unchanged.
    '(@angular/.+\\.mjs|streaming-markdown/.+\\.js)$': '<rootDir>/spec/helpers/toCommonJS.mjs',
  },
  transformIgnorePatterns: ['/node_modules/(?!(@angular|streaming-markdown)/)'],
  moduleNameMapper: {
    '^streaming-markdown$': '<rootDir>/node_modules/streaming-markdown/smd.js',
    '^rxjs-chat-completions$': '<rootDir>/lib/index.ts',
    '^rxjs-chat-completions/(.+)$': ['<rootDir>/lib/$1/index.ts', '<rootDir>/lib/$1.ts'],
  },
};
