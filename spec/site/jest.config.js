import root from '../../jest.config.js';
import { chromium } from '../../scripts/chromium.mjs';

process.env.CHROMIUM ??= chromium;

/** The specs of the built site in Chromium. `npm run test:site` builds it first. */
export default {
  ...root,
  rootDir: '../..',
  testMatch: ['<rootDir>/spec/site/*.browser.ts'],
  testSequencer: '<rootDir>/spec/browser/longestFirst.mjs',
  // Longer than they wait for a condition.
  testTimeout: 300_000,
  // Most of the time they wait.
  maxWorkers: 3,
};
