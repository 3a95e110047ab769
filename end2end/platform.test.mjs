// Operators: a second factor opens their area; they suspend and restore an organization, work as a member, announce.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, newPage, quiet, visit } from './support/browser.mjs';
import { operator } from './support/operator.mjs';
import { adminPages } from './support/pages.mjs';
import { startServer } from './support/server.mjs';

let server, browser, page, member;
const at = (path, on = page) => on.goto(server.url + path);
// What sends a form: the page that answers is loaded whole.
const sends = (action) => Promise.all([page.waitForEvent('load'), action]);
const press = (name, on = page) => on.getByRole('button', { name }).filter({ visible: true }).first().click();
const unfold = (text) => page.locator('summary', { hasText: text }).first().click();

before(async () => {
  [server, browser] = await Promise.all([startServer(), launch()]);
  member = await newPage(browser, { javaScriptEnabled: false });
  await at('/signup', member);
  await member.getByLabel('Name of your organization').fill('Drini Books');
  await member.getByLabel('Your name').fill('Lena Vogt');
  await member.getByLabel('E-mail address').fill('lena@example.com');
  await member.getByLabel('Password').fill('correct horse battery');
  await press('Create organization', member);
  page = await newPage(browser, { ...(await operator(server, browser)), javaScriptEnabled: false });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens the page of the member's organization. */
async function organization() {
  await at('/admin/organizations?q=drini');
  await page.getByRole('link', { name: 'Drini Books' }).click();
  await page.getByRole('heading', { level: 1, name: 'Drini Books' }).waitFor();
}

test('a member does not enter the area, an operator opens every page of it', async () => {
  const refused = await at('/admin', member);
  assert.equal(refused.status(), 403);
  for (const [name, path] of Object.entries(await adminPages(page, server))) {
    const answer = await at(path);
    assert.equal(answer.status(), 200, name);
    assert.equal(await page.locator('main [role=alert]').count(), 0, name);
  }
  const live = await newPage(browser, { storageState: await page.context().storageState() });
  for (const path of ['/admin', '/admin/organizations', '/admin/system']) {
    await visit(live, server.url + path);
    await quiet(live);
    assert.deepEqual(live.problems, [], path);
  }
  // Lists that the browser asks for itself.
  for (const name of ['Overview', 'Organizations', 'Users', 'Jobs', 'Audit log']) {
    await live.getByRole('link', { name, exact: true }).first().click();
    await live.locator('a[aria-current="page"]', { hasText: name }).waitFor();
    await quiet(live);
    assert.deepEqual(live.problems, [], name);
  }
  await visit(live, `${server.url}/app`);
  await live.locator('.user-button').filter({ visible: true }).first().click();
  await live.getByRole('link', { name: 'Service administration' }).filter({ visible: true }).first().click();
  await live.waitForURL(`${server.url}/admin`);
  await live.context().close();
});

test('a suspended organization is told so, and comes back', async () => {
  await organization();
  await unfold('Suspend organization');
  await page.locator('#suspend-reason').fill('unpaid');
  await press('Suspend organization');
  await page.getByText('unpaid').first().waitFor();
  await at('/app', member);
  assert.equal(new URL(member.url()).pathname, '/suspended');
  await member.getByText(/Nothing is lost/).first().waitFor();
  await organization();
  await press('Restore organization');
  await page.getByText('Suspend organization').first().waitFor();
  await at('/app', member);
  assert.equal(new URL(member.url()).pathname, '/app');
});

test('what an operator typed outlives a refusal', async () => {
  await organization();
  const live = await newPage(browser, { storageState: await page.context().storageState() });
  await visit(live, page.url());
  const [members, sources] = ['members', 'knowledge_sources'].map((name) => live.locator(`input[name="${name}"]`));
  await members.fill('many');
  await sources.fill('30');
  await press('Save', live);
  await live.locator('input[name="members"][aria-invalid="true"]').waitFor();
  assert.equal(await members.inputValue(), 'many');
  await members.fill('20');
  await press('Save', live);
  await live.getByText('Saved.', { exact: true }).waitFor();
  await visit(live, page.url());
  assert.deepEqual([await members.inputValue(), await sources.inputValue()], ['20', '30']);
  await live.context().close();
});

test('an operator works as a member under a banner, and ends it', async () => {
  await organization();
  await unfold('Work as Lena Vogt');
  await page.getByLabel('Reason').first().fill('ticket 7');
  await press(/^Start$/);
  await page.waitForURL(`${server.url}/app`);
  for (const path of ['/app', '/app/inbox', '/app/settings']) {
    await at(path);
    await page.getByText('You are working as Lena Vogt').waitFor();
  }
  await at('/app/settings/profile');
  await page.locator('#second-password').fill('correct horse battery');
  await sends(press('Set up'));
  assert.equal(await page.locator('code').count(), 0, 'ways in are changed in person only');
  assert.equal((await at('/admin')).status(), 403);
  const live = await newPage(browser, { storageState: await page.context().storageState() });
  await visit(live, `${server.url}/app/settings`);
  await live.getByText('You are working as Lena Vogt').waitFor();
  assert.deepEqual(live.problems, [], 'the banner does not disturb the script');
  await live.context().close();
  await at('/app');
  await page.locator('.notices').getByRole('button', { name: 'Stop' }).click();
  await page.waitForURL(`${server.url}/admin/organizations`);
  await at('/admin/audit');
  await page.getByText('impersonation.ended').waitFor();
});

test('members read an announcement until they put it away', async () => {
  await at('/admin/announcements');
  await page.getByLabel('Text', { exact: true }).fill('Maintenance tonight');
  await page.getByLabel('Until (UTC)').fill(new Date(Date.now() + 86_400_000).toISOString().slice(0, 16));
  await press('Publish');
  await page.getByText('Maintenance tonight').first().waitFor();
  await at('/app', member);
  await member.getByText('Maintenance tonight').waitFor();
  await member.locator('.notices').getByRole('button', { name: 'Dismiss' }).click();
  await at('/app', member);
  assert.equal(await member.getByText('Maintenance tonight').count(), 0);
});

test('sign-up is closed and opened', async () => {
  const form = async () => {
    const guest = await newPage(browser, { javaScriptEnabled: false });
    await at('/signup', guest);
    await guest.getByLabel('Name of your organization').fill('Strangers');
    await guest.getByLabel('Your name').fill('Sam Stranger');
    await guest.getByLabel('E-mail address').fill('sam@example.com');
    await guest.getByLabel('Password').fill('correct horse battery');
    await press('Create organization', guest);
    const path = new URL(guest.url()).pathname;
    await guest.context().close();
    return path;
  };
  await at('/admin/flags');
  await press('Switch off for all');
  assert.equal(await form(), '/signup');
  await at('/admin/flags');
  await press('Switch on for all');
  assert.equal(await form(), '/app');
});
