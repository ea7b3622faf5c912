import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { Page } from 'playwright-core';

/** The source of axe, for `page.evaluate`. */
export const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Returns the violations that axe, which is loaded in the page, finds. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  const { violations } = await page.evaluate<{ violations: readonly Violation[] }>(
    // Only violations, which is faster.
    'axe.run({ resultTypes: ["violations"], preload: false })',
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}
