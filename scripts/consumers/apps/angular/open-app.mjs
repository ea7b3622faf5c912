// Runs a built app in jsdom, sends a message in each of its conversations, and prints the rendered text.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { JSDOM } from 'jsdom';

// Otherwise Node also prints the line of the bundle, which is the complete bundle.
process.on('uncaughtException', (error) => {
  console.error(error.stack);
  process.exit(1);
});

const { window } = new JSDOM('<app-root></app-root>', { url: 'http://localhost/', pretendToBeVisual: true });
const { document, MutationObserver, requestAnimationFrame, cancelAnimationFrame } = window;
Object.assign(globalThis, { window, document, requestAnimationFrame, cancelAnimationFrame });
globalThis.baseURL = `${process.env.STREAM_SERVER}/held`;
for (const bundle of process.argv.slice(2)) await import(pathToFileURL(resolve(bundle)));

const tooLate = setTimeout(() => {
  console.error(`not drawn in time: ${document.body.innerHTML}`);
  process.exit(1);
}, 30_000);

/** Resolves when a condition is true. */
const drawn = (isSo, onChange = () => undefined) =>
  new Promise((resolve) => {
    const look = () => {
      onChange();
      if (!isSo()) return;
      observer.disconnect();
      resolve();
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    look();
  });

await drawn(() => document.querySelector('button') !== null);
for (const conversation of document.querySelectorAll('section')) {
  const texts = new Set();
  const answer = conversation.querySelector('p');
  let rest;
  conversation.querySelector('button').click();
  await drawn(
    () => answer.className === 'done' || answer.className === 'failed',
    () => {
      texts.add(answer.textContent);
      if (texts.size === 2) rest ??= fetch(`${process.env.STREAM_SERVER}/rest`, { method: 'POST' });
    },
  );
  await rest;
  // The first is the initial empty text.
  console.log(`${texts.size - 1} updates, last: ${conversation.textContent.trim()}`);
}
clearTimeout(tooLate);
window.close();
