import { existsSync } from 'node:fs';

/** Where a Chromium usually is. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
];

/** The Chromium of this machine, or the one that `CHROMIUM` names; `undefined` when there is none. */
export const chromium = (process.env.CHROMIUM ? [process.env.CHROMIUM] : PLACES).find((place) =>
  existsSync(place),
);

/** What to do about it. */
export const NO_CHROMIUM = 'there is no Chromium here (apt-get install chromium, or CHROMIUM=/path/to/it)';
