// A page with the entry points for browsers. A bundler bundles it, and open-page.mjs sets `baseURL` and runs the bundle.
import { isLeft } from 'fp-ts/Either';
import { tap, toArray } from 'rxjs';
import { accumulateContent, chatCompletion$ } from 'rxjs-chat-completions';
import { scriptedFetch } from 'rxjs-chat-completions/testing';

const request = { model: 'any', messages: [{ role: 'user', content: 'hello' }] };

let lefts = 0;
let updates = 0;
let last = '';
chatCompletion$({ baseURL: globalThis.baseURL }, request)
  .pipe(
    tap((chunk) => (lefts += isLeft(chunk) ? 1 : 0)),
    accumulateContent(),
  )
  .subscribe({
    next: (text) => {
      updates += 1;
      last = text;
    },
    complete: () => {
      if (lefts > 0) throw new Error('a chunk was not decoded');
      console.log(`${updates} updates, last: ${last}`);
    },
  });

// Without a top-level `await`, which Metro does not read.
chatCompletion$({ fetch: scriptedFetch('Hello there') }, request)
  .pipe(toArray())
  .subscribe((chunks) => {
    if (chunks.length < 2) throw new Error('the scripted fetch did not stream');
  });
