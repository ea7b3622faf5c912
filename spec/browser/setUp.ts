import type { Browser, BrowserContextOptions } from 'playwright-core';

import { launch } from './chromium';
import { open, type OpenPage } from './page';
import { startSite, type AnswerScript, type Site } from './site';

/** The environment of a spec file: one browser, and a site with a model for each spec. */
export interface Environment {
  readonly browser: Browser;
  readonly site: Site;
  /** Opens the page, connected to the model of the site. */
  readonly live: (options?: BrowserContextOptions) => Promise<OpenPage>;
  /** Opens the page with its scripted model, and plays a scenario if one is named. */
  readonly demo: (scenario?: string, options?: BrowserContextOptions) => Promise<OpenPage>;
}

/** Starts the browser and the sites of a spec file. */
export function setUp(script: AnswerScript): Environment {
  let browser: Browser | undefined;
  let site: Site | undefined;

  beforeAll(async () => {
    browser = await launch();
  }, 120_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    site = await startSite(script);
  });
  afterEach(async () => {
    await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
    await site?.close();
  });

  const inSpec = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('not available outside of a spec');
    return value;
  };
  return {
    get browser() {
      return inSpec(browser);
    },
    get site() {
      return inSpec(site);
    },
    live: (options) => open(inSpec(browser), `${inSpec(site).url}/?base=/v1`, options),
    demo: (scenario = '', options) =>
      open(inSpec(browser), `${inSpec(site).url}/${scenario && `#scenario=${scenario}`}`, options),
  };
}
