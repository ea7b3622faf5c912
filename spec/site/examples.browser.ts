import { until } from '../browser/page';
import { guides, openPage, useSite } from './built';

const site = useSite();

describe('the examples of a guide', () => {
  // In groups, each page in a tab of its own.
  const groups = Array.from({ length: Math.ceil(guides.length / 6) }, (_, i) =>
    guides.slice(i * 6, i * 6 + 6),
  );
  it.each(groups.map((group) => [group.join(', '), group] as const))('run in %s', async (_, group) => {
    await Promise.all(
      group.map(async (name) => {
        const { page, problems } = await openPage(site.browser, `${site.url}guide/${name}.html`);
        const examples = page.locator('.run-example');
        const count = await examples.count();
        if (count > 0) await page.locator('.run-example[data-state=idle] button').first().waitFor();
        // By the keyboard: the output of the one before moves the button, and a mouse would be released beside it.
        for (let i = 0; i < count; i++)
          await examples.nth(i).getByRole('button', { name: 'Run' }).press('Enter');
        await until(
          async () => (await page.locator('.run-example[data-state=done]').count()) === count,
          `${name}: all ${count} examples have run`,
        );
        for (let i = 0; i < count; i++) {
          const output = await examples.nth(i).locator('pre').innerText();
          expect(output).not.toBe('');
          expect(output).not.toContain('Nothing in it prints.');
        }
        const failed = await examples.locator('.error').allInnerTexts();
        expect(
          failed.filter((text) => /assertion|is not defined|is not a function|Unexpected/.test(text)),
        ).toEqual([]);
        expect(problems).toEqual([]);
      }),
    );
  });

  it('send no request to a real server, even after the run', async () => {
    const { page, problems } = await openPage(site.browser, `${site.url}guide/flow.html`);
    const example = page.locator('.run-example').first();
    await example.getByRole('button', { name: 'Run' }).press('Enter');
    await page.locator('.run-example[data-state=done]').waitFor();
    const status = await page.evaluate(async () => (await fetch('http://localhost:11434/v1/models')).status);
    expect(status).toBe(200);
    expect(problems).toEqual([]);
  });
});
