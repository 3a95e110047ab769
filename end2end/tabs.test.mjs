// A tab that stays open while things change around it: the session works elsewhere, the connection is away.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hydrated, newPage, visit } from './support/browser.mjs';
import { session, startDemo } from './support/demo.mjs';

let demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo?.stop());

const at = (path) => demo.server.url + path;
const form = (page) => page.locator('form', { has: page.locator('[name=time_zone]') });
const focused = (page) => page.evaluate(() => document.activeElement.tagName);

/** Founds another organization in a tab, which lets the session work there. */
async function foundAnother(page, name) {
  await visit(page, at('/app/settings/organizations'));
  await page.locator('main [name=name]').fill(name);
  await page.getByRole('button', { name: 'Create another organization' }).click();
  await page.waitForURL(at('/app'));
  await hydrated(page);
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with script' : 'without script';
  test(`a tab that shows another organization than the session works in changes nothing, ${how}`, async () => {
    const context = await demo.browser.newContext({ ...(await session(demo)), javaScriptEnabled, locale: 'en-GB' });
    const tab = await context.newPage();
    await tab.goto(at('/app/settings'));
    if (javaScriptEnabled) await hydrated(tab);
    const name = await form(tab).locator('[name=name]').inputValue();
    // Another tab of the same session, with script.
    const other = await newPage(demo.browser, { storageState: await context.storageState() });
    await foundAnother(other, `Elsewhere ${how}`);

    if (javaScriptEnabled) await tab.locator('.live-lost').getByText('out of date').waitFor();
    await form(tab).locator('[type=submit]').click();
    await form(tab).getByText('out of date').waitFor();
    if (javaScriptEnabled) {
      assert.equal(await form(tab).locator('[name=name]').inputValue(), name);
      await tab.locator('.live-lost').getByRole('link').click();
      await hydrated(tab);
    } else {
      await tab.goto(at('/app/settings'));
    }
    assert.equal(await form(tab).locator('[name=name]').inputValue(), `Elsewhere ${how}`);
    await context.close();
    // What the page still asked on its way to the other organization was refused.
    assert.deepEqual(other.problems.filter((problem) => !problem.includes('409')), []);
    await other.context().close();
  });
}

test('an area that cannot be loaded leaves the tab as it is, and opens when the connection is back', async () => {
  const page = await newPage(demo.browser, await session(demo));
  await visit(page, at('/app/inbox'));
  await page.locator('.inbox-row').first().click();
  const text = page.locator('.composer-text');
  await text.fill('Begun before the connection went');
  const thread = page.url();
  await page.evaluate(() => (window.isSameTab = true));
  await page.context().setOffline(true);
  await page.locator('.sidebar').getByRole('link', { name: 'Knowledge' }).click();
  const main = page.locator('main');
  await main.getByText('No connection to the server').waitFor();
  await main.getByRole('button', { name: 'Try again' }).click();
  await main.getByText('No connection to the server').waitFor();
  await page.context().setOffline(false);
  let times = 0;
  page.on('request', (request) => (times += /load_sources/.test(request.url())));
  await main.getByRole('button', { name: 'Try again' }).dblclick();
  await page.getByRole('heading', { level: 1, name: 'Knowledge' }).waitFor();
  assert.equal(times, 1, 'the page is made once');
  await page.locator('.sidebar').getByRole('link', { name: 'Inbox' }).click();
  await page.locator(`.inbox-row[href*="${new URL(thread).pathname}"]`).first().click();
  assert.equal(await text.inputValue(), 'Begun before the connection went');
  assert.equal(await page.evaluate(() => window.isSameTab), true);
  await page.context().close();
});

test('a tab whose files the server has no more is loaded anew', async () => {
  const page = await newPage(demo.browser, await session(demo));
  await visit(page, at('/app'));
  await page.evaluate(() => (window.isSameTab = true));
  // As after an update, until the document is another.
  const gone = (url) => url.pathname.startsWith('/pkg/');
  await page.route(gone, (route) => route.fulfill({ status: 404 }));
  await page.locator('.sidebar').getByRole('link', { name: 'Knowledge' }).click();
  await page.waitForFunction(() => !window.isSameTab);
  await page.unroute(gone);
  await visit(page, at('/app/knowledge'));
  await page.getByRole('heading', { level: 1, name: 'Knowledge' }).waitFor();
  await page.context().close();
});

test('where the focus went with the page before, it is at the next one, at its heading if that is there', async () => {
  const page = await newPage(demo.browser, await session(demo));
  await visit(page, at('/app/contacts'));
  assert.equal(await focused(page), 'BODY');
  await page.locator('main table a').first().click();
  await page.locator('main .back-link').waitFor();
  await page.waitForFunction(() => document.activeElement.tagName === 'MAIN');
  await page.locator('main .back-link').click();
  await page.locator('main table').waitFor();
  await page.waitForFunction(() => document.activeElement.tagName === 'H1');
  // What is still there keeps it.
  const link = page.locator('.sidebar').getByRole('link', { name: 'Agents' });
  await link.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Agents' }).waitFor();
  assert.equal(await focused(page), 'A');
  assert.deepEqual(page.problems, []);
  await page.context().close();
});
