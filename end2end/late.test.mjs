// A slow connection: files and answers come late, after somebody has gone on, typed on, or asked for something else.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { newPage, visit } from './support/browser.mjs';
import { session, startDemo } from './support/demo.mjs';

let demo, owner, page;
before(async () => {
  demo = await startDemo();
  owner = await session(demo);
  page = await newPage(demo.browser, owner);
});
after(() => demo?.stop());
afterEach(() => assert.deepEqual(page?.problems.splice(0), []));

const at = (path) => visit(page, demo.server.url + path);
const press = (name) => page.getByRole('button', { name, exact: true }).click();
const heading = (name) => page.getByRole('heading', { level: 1, name, exact: true });
const sidebar = (name) => page.locator('.sidebar').getByRole('link', { name });

/** Holds requests of this kind: `first` waits for one, `release` lets all go on. */
async function hold(who, kind) {
  let take, release;
  const first = new Promise((done) => (take = done));
  const released = new Promise((done) => (release = done));
  await who.route(kind, async (route) => {
    take();
    await released;
    await route.continue();
  });
  return { first, release };
}

/** Holds the answer to the next request of this kind, which the server has already; gives what lets it arrive. */
async function holdAnswer(kind) {
  let take;
  const taken = new Promise((done) => (take = done));
  await page.route(kind, async (route) => {
    const response = await route.fetch();
    take(() => route.fulfill({ response }));
  }, { times: 1 });
  return async () => {
    const answer = page.waitForResponse(kind);
    await (await taken)();
    await (await answer).finished();
    // What the page makes of it, and what it asks then.
    await page.waitForTimeout(500);
  };
}

/** Follows a link as if the page had it. */
const follow = (who, path) => who.evaluate((path) => {
  const link = Object.assign(document.createElement('a'), { href: path });
  document.body.append(link);
  link.click();
  link.remove();
}, path);

test('of two pages that are opened while their file is on its way, the second is shown', async () => {
  await at('/app/inbox?list=all');
  const [first, second] = await page.locator('.inbox-row').evaluateAll((rows) => rows.map((row) => new URL(row.href).pathname));
  const ways = [['/app/settings', '/app/settings/roles'], ['/app/channels', '/app/channels/new'], ['/app/knowledge', '/app/knowledge/search'],
    ['/app/agents', '/app/agents/new'], ['/app/inbox', second], [first, second]];
  for (const way of ways) {
    await at(way[1]);
    const name = await page.getByRole('heading', { level: way[1] === second ? 2 : 1 }).first().innerText();
    const fresh = await newPage(demo.browser, owner);
    await visit(fresh, `${demo.server.url}/app`);
    const files = await hold(fresh, /\/pkg\/.*\.wasm/);
    await follow(fresh, way[0]);
    await files.first;
    await follow(fresh, way[1]);
    files.release();
    await fresh.getByRole('heading', { name, exact: true }).first().waitFor();
    assert.equal(new URL(fresh.url()).pathname, way[1]);
    assert.deepEqual(fresh.problems, []);
    await fresh.context().close();
  }
});

test('a form that was left takes nobody away from where they went', async () => {
  await at('/app/settings/teams?edit=new');
  await page.getByLabel('Name').fill('Night shift');
  const arrive = await holdAnswer(/save_team/);
  await press('Save');
  await sidebar('Knowledge').click();
  await heading('Knowledge').waitFor();
  await arrive();
  assert.equal(new URL(page.url()).pathname, '/app/knowledge');
  await at('/app/settings/teams');
  await page.getByText('Night shift').waitFor();
});

test('a change of several conversations may be answered when the dashboard was left', async () => {
  await at('/app/inbox?list=all');
  await page.getByRole('checkbox', { name: /^Select / }).last().click();
  const arrive = await holdAnswer(/close_all/);
  await page.getByRole('toolbar').getByRole('button', { name: 'Close' }).click();
  await follow(page, '/');
  await page.locator('.sidebar').waitFor({ state: 'detached' });
  await arrive();
  await page.locator('#stopped').waitFor({ state: 'hidden' });
});

test('a file that was taken off stays away, also when its thread was left before it had arrived', async () => {
  await at('/app/inbox?list=all');
  const [row, other] = [page.locator('.inbox-row').nth(0), page.locator('.inbox-row').nth(1)];
  await row.click();
  await page.locator('.composer-text').waitFor();
  const thread = page.url();
  const arrive = await holdAnswer(/\/uploads\//);
  await page.locator('.composer input[type=file]').setInputFiles({ name: 'wrong.txt', mimeType: 'text/plain', buffer: Buffer.from('wrong') });
  await press('Remove wrong.txt');
  await other.click();
  await page.waitForURL((url) => url.href !== thread);
  await page.locator('.thread:not([inert])').waitFor();
  await arrive();
  await row.click();
  await page.waitForURL(thread);
  await page.locator('.thread:not([inert])').waitFor();
  assert.equal(await page.getByText('wrong.txt').count(), 0);
});

test('what is typed while a form is sent stays; the rest of it is emptied', async () => {
  await at('/app/inbox/canned');
  const form = page.locator('form', { has: page.locator('#shortcut-new') });
  await form.getByLabel('Shortcut').fill('first');
  await form.getByLabel('Text').fill('The first text');
  const arrive = await holdAnswer(/save_canned/);
  await form.getByRole('button', { name: 'Add' }).click();
  await form.getByLabel('Shortcut').fill('second');
  await arrive();
  await page.locator('summary', { hasText: '/first' }).waitFor();
  assert.equal(await form.getByLabel('Shortcut').inputValue(), 'second');
  assert.equal(await form.getByLabel('Text').inputValue(), '');

  await at('/app/settings/members');
  const email = page.getByLabel('E-mail', { exact: true });
  await email.fill('one@example.com');
  const sent = await holdAnswer(/invite/);
  await press('Send invitation');
  await email.fill('two@example.com');
  await sent();
  await page.getByText('The invitation is on its way').waitFor();
  assert.equal(await email.inputValue(), 'two@example.com');
});

test('of two changes, the answer that comes last does not hide the other', async () => {
  await at('/app/contacts');
  await page.locator('main table a').first().click();
  const line = page.locator('#contact-tags');
  const add = async (tag) => {
    await line.fill(tag);
    await line.press('Enter');
  };
  const chip = (tag) => page.getByRole('button', { name: `Remove the tag ${tag}` });
  const arrive = await holdAnswer(/change_contact_tags/);
  await add('earlier');
  await chip('earlier').waitFor(); // told by the live connection
  // Answered, and told by the live connection too.
  await Promise.all([page.waitForResponse(/change_contact_tags/), page.waitForResponse(/get_contact\d/), add('later')]);
  await chip('later').waitFor();
  await arrive();
  assert.deepEqual([await chip('earlier').count(), await chip('later').count()], [1, 1]);
});

test('a choice that is not made yet stays while the same choices are loaded again', async () => {
  await at('/app/inbox?list=all');
  await page.locator('.inbox-filter-fields summary').click();
  const select = page.locator('.inbox-filter-fields [name=assignee]');
  const member = await select.locator('option').last().getAttribute('value');
  await select.focus();
  // As browsers tell of a step through a closed list.
  await select.evaluate((select, member) => {
    select.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
    select.value = member;
    select.dispatchEvent(new Event('change', { bubbles: true }));
  }, member);
  // A canned answer of a colleague is a reason to read the choices anew.
  const colleague = await newPage(demo.browser, owner);
  await visit(colleague, `${demo.server.url}/app/inbox/canned`);
  const loaded = page.waitForResponse(/list_choices/);
  await colleague.locator('#shortcut-new').fill('news');
  await colleague.locator('#content-new').fill('News');
  await colleague.getByRole('button', { name: 'Add', exact: true }).click();
  await (await loaded).finished();
  await page.waitForTimeout(500);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/app/inbox?assignee=${member}`);
  await colleague.context().close();
});

test('an upload of knowledge that breaks off can be sent again', async () => {
  await at('/app/knowledge/new/file');
  await page.getByLabel('File').setInputFiles({ name: 'hours.md', mimeType: 'text/markdown', buffer: Buffer.from('# Hours\n\nWe open at nine.') });
  await page.route(/\/uploads\/knowledge/, (route) => route.abort('aborted'), { times: 1 });
  await press('Upload and read');
  await page.getByText('No connection to the server').waitFor();
  await page.problems.splice(0);
  await press('Upload and read');
  await page.waitForURL(/\/app\/knowledge\/[0-9a-f-]{36}$/);
  await page.getByText('Ready', { exact: true }).waitFor();
});
