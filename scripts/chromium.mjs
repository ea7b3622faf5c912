import { existsSync } from 'node:fs';

/** Usual paths of Chromium. Its headless shell, which draws no window, renders a page for half of the work. */
const PATHS = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
];

/** Path of Chromium, from `CHROMIUM` if it is set; `undefined` if it is not installed. */
export const chromium = (process.env.CHROMIUM ? [process.env.CHROMIUM] : PATHS).find((path) =>
  existsSync(path),
);

/** Message for a missing Chromium. */
export const NO_CHROMIUM =
  'Chromium is not installed (apt-get install chromium-headless-shell, or set CHROMIUM to its path)';
