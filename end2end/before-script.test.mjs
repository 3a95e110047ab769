// What a person does before the script of a page has come, as on a slow line, is not lost when it comes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hydrated, newPage, quiet, visit } from './support/browser.mjs';
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

/** The path of the first contact. */
async function contact() {
  const list = await newPage(demo.browser, { ...(await session(demo)), javaScriptEnabled: false });
  await list.goto(`${demo.server.url}/app/contacts`);
  const paths = await list.locator('main a').evaluateAll((links) => links.map((link) => link.pathname));
  await left(list);
  return paths.find((path) => /^\/app\/contacts\/[0-9a-f-]{36}$/.test(path));
}

test('a field that was written and left is saved, and a tag that was begun is there', async () => {
  const path = await contact();
  const page = await early(await session(demo), path, async (page) => {
    await page.locator('#contact-company').fill('Early and Daughters');
    await page.locator('#contact-tags').fill('begun');
  });
  const text = async (id) => page.locator(id).inputValue();
  assert.deepEqual([await text('#contact-company'), await text('#contact-tags')], ['Early and Daughters', 'begun']);
  await quiet(page);
  await page.locator('#contact-tags').press('Enter');
  await page.locator('.chip', { hasText: 'begun' }).waitFor();
  assert.equal(await text('#contact-tags'), '');
  await page.reload();
  await hydrated(page);
  assert.equal(await text('#contact-company'), 'Early and Daughters');
  await left(page);
});

test('boxes that were checked and choices that were made act', async () => {
  const unfolded = async (page) => {
    await page.locator('.inbox-filter-fields summary').click();
    await page.locator('.inbox-filters [name=unread]').check();
  };
  const unread = await early(await session(demo), '/app/inbox', unfolded);
  await unread.waitForURL('**/app/inbox*unread=true*');
  assert.equal(await unread.locator('.inbox-filters [name=unread]').isChecked(), true);
  await left(unread);

  const sorted = await early(await session(demo), '/app/inbox', async (page) => {
    await page.locator('.inbox-filter-fields summary').click();
    await page.locator('.inbox-filters [name=sort]').selectOption('oldest');
  });
  await sorted.waitForURL('**/app/inbox*sort=oldest*');
  assert.equal(await sorted.locator('.inbox-filters [name=sort]').inputValue(), 'oldest');
  await left(sorted);

  const search = await early(await session(demo), '/app/contacts', async (page) => {
    await page.locator('main [name=q]').fill('nobody like this');
    await page.locator('main h1').click();
  });
  await search.waitForURL('**/app/contacts?*q=nobody*');
  await left(search);

  const dark = await early(await session(demo), '/app/settings/appearance', (page) => page.locator('main').getByLabel('Dark').check());
  await dark.locator('html[data-theme=dark]').waitFor();
  assert.equal(await dark.locator('main').getByLabel('Dark').isChecked(), true);
  await left(dark);
});

test('a question that was opened stays open, with the name that was typed', async () => {
  const page = await early(await session(demo), await contact(), async (page) => {
    await page.locator('summary', { hasText: 'Delete contact' }).click();
    await page.fill('[name=confirmation]', await page.inputValue('[name=expected]'));
  });
  await page.getByRole('button', { name: 'Delete contact' }).click();
  await page.waitForURL('**/app/contacts');
  await left(page);
});

test('a page whose file does not come at first is taken over when it comes', async () => {
  const page = await newPage(demo.browser, await session(demo));
  let lost = 0;
  await page.route('**/split_*.wasm', (route) => ((lost += 1) <= 2 ? route.abort() : route.continue()));
  await visit(page, `${demo.server.url}/app/settings/profile`);
  assert.equal(lost, 3);
  // What the browser and the loader say of the lost files is meant.
  assert.ok(!page.problems.splice(0).some((problem) => problem.includes('panicked')));
  await page.context().close();
});
