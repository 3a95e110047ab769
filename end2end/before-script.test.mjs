// What a person does before the script of a page has come, as on a slow line, is not lost when it comes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hydrated, newPage, visit } from './support/browser.mjs';
import { owner, session, startDemo } from './support/demo.mjs';

let demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo?.stop());

/** Opens a page whose script waits until what is given has been done. */
async function early(options, path, act) {
  const page = await newPage(demo.browser, options);
  await slowly(page, () => page.goto(demo.server.url + path, { waitUntil: 'commit' }), act);
  return page;
}

/** Loads a page whose script waits until what is given has been done. */
async function slowly(page, load, act) {
  let go;
  const done = new Promise((resolve) => (go = resolve));
  await page.route('**/*.wasm', async (route) => {
    await done;
    await route.continue();
  });
  await load();
  await act(page);
  go();
  await hydrated(page);
}

/** The path of a conversation. */
async function conversation() {
  const list = await newPage(demo.browser, { ...(await session(demo)), javaScriptEnabled: false });
  await list.goto(`${demo.server.url}/app/inbox`);
  const paths = await list.locator('a').evaluateAll((links) => links.map((link) => link.pathname));
  await left(list);
  return paths.find((path) => /^\/app\/inbox\/[0-9a-f-]{36}$/.test(path));
}

async function left(page) {
  assert.deepEqual(page.problems, []);
  await page.context().close();
}

test('an address and a password that were typed sign in', async () => {
  const page = await early({}, '/login', async (page) => {
    await page.fill('[name=email]', owner.email);
    await page.fill('[name=password]', owner.password);
  });
  assert.equal(await page.inputValue('[name=email]'), owner.email);
  assert.equal(await page.inputValue('[name=password]'), owner.password);
  await page.click('[type=submit]');
  await page.waitForURL('**/app');
  await left(page);
});

test('a reply that was begun is there, and is sent', async () => {
  const thread = await early(await session(demo), await conversation(), (page) => page.locator('.composer-text').fill('Written early'));
  const text = thread.locator('.composer-text');
  assert.equal(await text.inputValue(), 'Written early');
  await text.press('Control+Enter');
  await thread.locator('main').getByText('Written early').first().waitFor();
  assert.equal(await text.inputValue(), '');
  await left(thread);
});

test('a reply that was begun before goes on with what is typed early', async () => {
  const thread = await newPage(demo.browser, await session(demo));
  await visit(thread, demo.server.url + (await conversation()));
  const text = thread.locator('.composer-text');
  const stands = (expected) => thread.waitForFunction((expected) => document.querySelector('.composer-text').value === expected, expected);
  await text.fill('Begun before');
  await slowly(thread, () => thread.reload({ waitUntil: 'commit' }), () => text.fill('Typed early'));
  await stands('Begun before\nTyped early');
  await thread.reload();
  await hydrated(thread);
  await stands('Begun before\nTyped early');
  await left(thread);
});

test('what was written and chosen in a form is saved', async () => {
  const form = (page) => page.locator('form', { has: page.locator('[name=time_zone]') });
  const page = await early(await session(demo), '/app/settings', async (page) => {
    await form(page).locator('[name=name]').fill('Lumi Outdoors');
    await form(page).locator('[name=locale]').selectOption('sq');
  });
  await form(page).locator('[type=submit]').click();
  await page.getByText('Lumi Outdoors', { exact: true }).first().waitFor();
  await page.reload();
  assert.equal(await form(page).locator('[name=name]').inputValue(), 'Lumi Outdoors');
  assert.equal(await form(page).locator('[name=locale]').inputValue(), 'sq');
  await left(page);
});

test('a question that was opened stays open, with the name that was typed', async () => {
  const signedIn = await session(demo);
  const list = await newPage(demo.browser, { ...signedIn, javaScriptEnabled: false });
  await list.goto(`${demo.server.url}/app/contacts`);
  const paths = await list.locator('a').evaluateAll((links) => links.map((link) => link.pathname));
  await left(list);
  const path = paths.find((path) => /^\/app\/contacts\/[0-9a-f-]{36}$/.test(path));
  const contact = await early(signedIn, path, async (page) => {
    await page.locator('summary', { hasText: 'Delete contact' }).click();
    await page.fill('[name=confirmation]', await page.inputValue('[name=expected]'));
  });
  await contact.getByRole('button', { name: 'Delete contact' }).click();
  await contact.waitForURL('**/app/contacts');
  await left(contact);
});
