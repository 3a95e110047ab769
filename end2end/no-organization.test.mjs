// People whose account belongs to no active organization: they join, bring one back or found one, and are in.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './support/accessibility.mjs';
import { hydrated, launch, newPage, visit } from './support/browser.mjs';
import { signUp } from './support/member.mjs';
import { mailedLink, operator } from './support/operator.mjs';
import { startServer } from './support/server.mjs';

const password = 'correct horse battery';
let server, browser, page;
before(async () => {
  [server, browser] = await Promise.all([startServer({ BISEDA_TRUSTED_PROXIES: '127.0.0.1' }), launch()]);
  page = await newPage(browser, { ...(await operator(server, browser)), javaScriptEnabled: false });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const at = (path, on = page) => on.goto(server.url + path);
const press = (name, on = page) => on.getByRole('button', { name, exact: true }).filter({ visible: true }).first().click();

async function fillIn(email, on) {
  await on.getByLabel('E-mail address').fill(email);
  await on.getByLabel('Password').fill(password);
  await press('Sign in', on);
}

/** Invites somebody, and gives the path of the mail's link. */
async function invite(email) {
  await at('/app/settings/members');
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await press('Send invitation');
  await page.getByText(email).waitFor();
  return mailedLink(page, server, 'Olga Operator has invited you to The Operators');
}

test('who was removed is invited again and comes back, all without script', async () => {
  const guest = await newPage(browser, { javaScriptEnabled: false });
  await at(await invite('lena@example.com'), guest);
  await guest.getByLabel('Your name').fill('Lena Vogt');
  await guest.getByLabel('Password').fill(password);
  await press('Accept invitation', guest);
  await guest.waitForURL(`${server.url}/app`);

  await at('/app/settings/members');
  await page.getByRole('link', { name: 'Edit Lena Vogt' }).click();
  await page.locator('summary', { hasText: 'Remove from organization' }).click();
  await press('Remove from organization');
  await page.getByRole('row', { name: /Lena Vogt/ }).waitFor({ state: 'detached' });
  await at('/app', guest);
  assert.equal(new URL(guest.url()).pathname, '/login', 'the session has ended');

  await at(await invite('lena@example.com'), guest);
  await guest.getByRole('link', { name: 'Sign in' }).click();
  await fillIn('lena@example.com', guest);
  await guest.waitForURL('**/login/organization?next=*');
  await guest.getByText(/does not belong to an active organization/).waitFor();
  await guest.getByRole('heading', { name: 'Olga Operator has invited you to The Operators.' }).waitFor();
  const accept = guest.getByRole('button', { name: 'Accept as lena@example.com' });
  assert.equal(await accept.count(), 1, 'by the link and by the address it is the same');
  await accept.click();
  await guest.waitForURL(`${server.url}/app`);
  await guest.getByText('The Operators').first().waitFor();
  await guest.context().close();
});

test('an owner brings a deleted organization back, or founds another, on a phone in the dark', async () => {
  const owner = await newPage(browser, {
    colorScheme: 'dark', viewport: { width: 360, height: 740 }, bypassCSP: true,
    // Those who sign in are counted by their address.
    extraHTTPHeaders: { 'X-Forwarded-For': '198.51.100.7' },
  });
  const deleteAndLogIn = async () => {
    await visit(owner, `${server.url}/app/settings`);
    await owner.locator('summary', { hasText: 'Delete organization' }).click();
    await owner.getByLabel(/Type “Wolke Bikes”/).fill('Wolke Bikes');
    await press('Delete organization', owner);
    await owner.waitForURL('**/login');
    await hydrated(owner);
    owner.problems.splice(0);
    await fillIn('mira@example.com', owner);
    await owner.waitForURL('**/login/organization');
    await hydrated(owner);
    await owner.getByText('Deleted. Permanently removed on').waitFor();
  };
  await signUp(owner, server, { organization: 'Wolke Bikes', email: 'mira@example.com' });
  await deleteAndLogIn();
  await owner.getByText(/mira@example.com is not confirmed/).waitFor();
  await assertAccessible(owner, 'no organization');
  const [inner, outer] = await owner.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(inner <= outer, `${inner} of ${outer} px`);
  assert.deepEqual(owner.problems, []);
  await press('Restore', owner);
  await owner.waitForURL('**/app');

  await deleteAndLogIn();
  await owner.getByLabel('Name of your organization').fill('Himmel Bikes');
  await press('Create organization', owner);
  await owner.waitForURL('**/app');
  await visit(owner, `${server.url}/app/settings`);
  assert.equal(await owner.getByLabel('Organization name').inputValue(), 'Himmel Bikes');
  await owner.goto(`${server.url}/login/organization`);
  assert.equal(new URL(owner.url()).pathname, '/app', 'who is signed in is sent on');
  await owner.context().close();
});
