import root from '../../jest.config.js';

/** The specs that need a Chromium and the built example; `npm run test:browser` sees to both. */
export default {
  ...root,
  rootDir: '../..',
  testMatch: ['<rootDir>/spec/browser/*.browser.ts'],
  testTimeout: 60_000,
};
