import root from '../../jest.config.js';
import { chromium } from '../../scripts/chromium.mjs';

process.env.CHROMIUM ??= chromium;

/** The specs of the built site in Chromium. `npm run test:site` builds it first. */
export default {
  ...root,
  rootDir: '../..',
  testMatch: ['<rootDir>/spec/site/*.browser.ts'],
  testTimeout: 120_000,
  // One for each file: most of the time they wait.
  maxWorkers: 4,
};
