import root from '../../jest.config.js';
import { chromium } from '../../scripts/chromium.mjs';

process.env.CHROMIUM ??= chromium;

/** The specs that need a Chromium and the built example; `npm run test:browser` sees to both. */
export default {
  ...root,
  rootDir: '../..',
  testMatch: ['<rootDir>/spec/browser/*.browser.ts'],
  testSequencer: '<rootDir>/spec/browser/longestFirst.mjs',
  // Longer than they wait for a condition.
  testTimeout: 300_000,
  // Each has a browser of its own, and most of the time waits for what arrives.
  maxWorkers: 2,
};
