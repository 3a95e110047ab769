// Channels and the own account, as an owner sets them: what was saved is seen at once, and what was refused says why.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { hydrated, newPage, visit } from './support/browser.mjs';
import { session, startDemo } from './support/demo.mjs';

let demo, page;
before(async () => {
  demo = await startDemo();
  page = await newPage(demo.browser, await session(demo));
});
after(() => demo?.stop());
afterEach(() => assert.deepEqual(page?.problems.splice(0), []));

async function channel() {
  await visit(page, `${demo.server.url}/app/channels`);
  await page.locator('main li a').first().click();
  await page.getByTestId('snippet').waitFor();
}

test('the widget opens in a page of its own', async () => {
  await channel();
  const [opened] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('link', { name: 'Open it in a page of its own' }).click(),
  ]);
  await opened.getByPlaceholder('Write a message …').waitFor();
  await opened.close();
});

test('a channel that has conversations is not deleted, and says why', async () => {
  await channel();
  await page.getByRole('button', { name: 'Delete the channel' }).click();
  const question = page.getByRole('dialog', { name: /^Delete “/ });
  await question.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('The channel has conversations').waitFor();
  await question.waitFor({ state: 'hidden' });
  const problems = page.problems.splice(0);
  assert.ok(problems.every((problem) => problem.includes('409')), problems.join('\n'));
});

test('the language of the profile is that of the screen', async () => {
  await visit(page, `${demo.server.url}/app/settings/profile`);
  const form = page.locator('form', { has: page.locator('select[name=locale]') });
  for (const language of ['sq', 'en']) {
    await form.locator('select[name=locale]').selectOption(language);
    await form.getByRole('button').click();
    await page.waitForSelector(`html[lang="${language}"]`);
    await hydrated(page);
    assert.equal(await form.locator('select[name=locale]').inputValue(), language);
  }
});
