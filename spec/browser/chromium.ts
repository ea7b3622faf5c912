import { existsSync } from 'node:fs';

import { chromium as playwright, type Browser } from 'playwright-core';

/** Where a Chromium may be: what the environment says, then where Debian and others put it. */
const PLACES = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

export const chromium = PLACES.find((place) => place !== undefined && existsSync(place));

export const launch = (): Promise<Browser> =>
  playwright.launch({
    executablePath: chromium,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
