import type { Browser, BrowserContextOptions } from 'playwright-core';

import { launch } from './chromium';
import { open, type Opened } from './page';
import { site, type Answering, type Site } from './site';

/** What a file of specs plays on: one browser, and a site with its own model for each spec. */
export interface Stage {
  readonly browser: Browser;
  readonly site: Site;
  /** The page, talking to the model of its site. */
  readonly live: (options?: BrowserContextOptions) => Promise<Opened>;
  /** The page on its scripted model, playing a scenario if one is named. */
  readonly demo: (scenario?: string, options?: BrowserContextOptions) => Promise<Opened>;
}

export function stage(answering: Answering): Stage {
  let browser: Browser | undefined;
  let served: Site | undefined;

  beforeAll(async () => {
    browser = await launch();
  }, 120_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    served = await site(answering);
  });
  afterEach(async () => {
    await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
    await served?.close();
  });

  const there = <T>(thing: T | undefined): T => {
    if (thing === undefined) throw new Error('there is none outside of a spec');
    return thing;
  };
  return {
    get browser() {
      return there(browser);
    },
    get site() {
      return there(served);
    },
    live: (options) => open(there(browser), `${there(served).url}/?base=/v1`, options),
    demo: (scenario = '', options) =>
      open(there(browser), `${there(served).url}/${scenario && `#scenario=${scenario}`}`, options),
  };
}
