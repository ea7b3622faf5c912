/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/lib', '<rootDir>/spec'],
  testMatch: ['<rootDir>/spec/**/*.spec.ts'],
  globalSetup: '<rootDir>/spec/helpers/globalSetup.ts',
  setupFiles: ['<rootDir>/spec/helpers/properties.ts'],
  transform: {
    '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.jest.json' }],
    // Angular ships ES modules alone, which Jest cannot load as they are.
    '@angular/.+\\.mjs$': [
      'ts-jest',
      { tsconfig: { module: 'CommonJS', target: 'ES2022', allowJs: true }, diagnostics: false },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!@angular/)'],
  moduleNameMapper: {
    '^rxjs-chat-completions$': '<rootDir>/lib/index.ts',
    '^rxjs-chat-completions/angular$': '<rootDir>/lib/angular/index.ts',
    '^rxjs-chat-completions/testing$': '<rootDir>/lib/testing/index.ts',
    '^rxjs-chat-completions/testing/server$': '<rootDir>/lib/testing/server.ts',
  },
};
