// People of an organization: invited by mail, given roles, secured by a second step, going between organizations.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, newPage, visit } from './support/browser.mjs';
import { mailedLink } from './support/operator.mjs';
import { startServer } from './support/server.mjs';
import { code, secure } from './support/totp.mjs';

const password = 'correct horse battery';
let server, browser, page, at;
before(async () => {
  [server, browser] = await Promise.all([startServer(), launch()]);
  page = await newPage(browser, { javaScriptEnabled: false });
  at = (path) => page.goto(server.url + path);
  // Without a mail server, mails are read by platform admins.
  const printed = await server.run('admin', 'create', '--email', 'op@example.com', '--name', 'Op');
  const secret = printed.match(/Password: (\S+)/)[1];
  await at('/signup');
  await page.getByLabel('Name of your organization').fill('Drini Books');
  await page.getByLabel('Your name').fill('Op');
  await page.getByLabel('E-mail address').fill('op@example.com');
  await page.getByLabel('Password').fill(secret);
  await press('Create organization');
  // There is such an account: it goes on as after signing in.
  await page.waitForURL(`${server.url}/login/organization`);
  assert.equal(await page.getByLabel('Name of your organization').inputValue(), 'Drini Books');
  await press('Create organization');
  await page.waitForURL(`${server.url}/app`);
  await secure(page, server.url, secret);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const press = (name, on = page) => on.getByRole('button', { name }).filter({ visible: true }).first().click();

const linkOf = (subject) => mailedLink(page, server, subject);

test('somebody is invited by mail and accepts, all without script', async () => {
  await at('/app/settings/members');
  await page.getByLabel('E-mail', { exact: true }).fill('lena@example.com');
  await page.getByLabel('Role').selectOption('admin');
  await press('Send invitation');
  await page.getByText('lena@example.com').waitFor();
  await press('Send again');
  await page.getByText('Too many attempts. Wait a moment and try again.').waitFor();
  const link = await linkOf('Op has invited you to Drini Books');

  const guest = await newPage(browser, { javaScriptEnabled: false });
  await guest.goto(server.url + link);
  await guest.getByText('Op has invited you to Drini Books').waitFor();
  await guest.getByLabel('Your name').fill('Lena Vogt');
  await guest.getByLabel('Password').fill(password);
  await press('Accept invitation', guest);
  assert.equal(new URL(guest.url()).pathname, '/app');
  await guest.goto(server.url + link);
  await guest.getByText(/was cancelled/).waitFor();
  await guest.context().close();
  await at('/app/settings/members');
  await page.getByRole('row', { name: /Lena Vogt/ }).getByText('Admin').waitFor();
});

test('roles and teams are made and given', async () => {
  await at('/app/settings/roles?edit=new');
  await page.getByLabel('Name').fill('Auditor');
  await page.getByLabel('Members: see').check();
  await press('Save');
  await page.getByText('Auditor').waitFor();
  await at('/app/settings/teams?edit=new');
  await page.getByLabel('Name').fill('Desk');
  await press('Save');
  await page.getByText('Desk').waitFor();
  await at('/app/settings/members');
  await page.getByRole('link', { name: 'Edit Lena Vogt' }).click();
  await page.getByLabel('Role').selectOption({ label: 'Auditor' });
  await page.getByLabel('Team').selectOption({ label: 'Desk' });
  await press('Save');
  await page.getByRole('row', { name: /Lena Vogt/ }).getByText('Auditor').waitFor();
  await page.getByRole('link', { name: 'Edit Op' }).click();
  await page.getByLabel('Role').selectOption('member');
  await press('Save');
  await page.getByText(/An organization needs an owner/).waitFor();
});

test('a refused invitation keeps what was chosen, and one that is sent is told once', async () => {
  const live = await newPage(browser, { storageState: await page.context().storageState() });
  await visit(live, `${server.url}/app/settings/members`);
  await live.evaluate(() => {
    window.told = 0;
    const count = (node) => (window.told += /The invitation is on its way/.test(node.textContent));
    new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach(count)))
      .observe(document.querySelector('.toast'), { childList: true });
  });
  const email = live.getByLabel('E-mail', { exact: true });
  await email.fill('lena@example.com');
  await live.getByLabel('Role').selectOption('admin');
  await press('Send invitation', live);
  await live.locator('#email[aria-invalid="true"]').waitFor();
  assert.equal(await email.inputValue(), 'lena@example.com');
  await email.fill('nora@example.com');
  await press('Send invitation', live);
  await live.getByRole('row', { name: /nora@example\.com.*Admin/s }).waitFor();
  await live.waitForFunction(() => document.querySelector('#email').value === '');
  await live.getByLabel('Your availability').selectOption('away');
  await live.getByRole('row', { name: /Op\b.*Away/s }).waitFor();
  await live.getByLabel('Your availability').selectOption('online');
  await live.getByRole('row', { name: /Op\b.*Online/s }).waitFor();
  assert.equal(await live.evaluate(() => window.told), 1);
  // What did not get through is not shown as chosen.
  await live.route('**/rpc/set_availability*', (route) => route.abort());
  await live.getByLabel('Your availability').selectOption('away');
  await live.getByText('No connection to the server.', { exact: false }).waitFor();
  await live.waitForFunction(() => document.querySelector('#availability').value === 'online');
  await visit(live, `${server.url}/app/settings/members`);
  assert.equal(await email.inputValue(), '', 'the address that was invited');
  await live.context().close();
});

test('a forgotten password is replaced by a link', async () => {
  const guest = await newPage(browser, { javaScriptEnabled: false });
  await guest.goto(`${server.url}/login`);
  await guest.getByRole('link', { name: 'Forgot your password?' }).click();
  await guest.getByLabel('E-mail address').fill('lena@example.com');
  await press('Send link', guest);
  await guest.getByText(/a link is on its way/).waitFor();
  let link;
  for (let tries = 0; !link; tries++) {
    assert.ok(tries < 50, 'the mail was never written');
    await at('/admin/mail');
    if (await page.getByRole('link', { name: 'Reset your password' }).count()) {
      link = await linkOf('Reset your password');
    } else {
      await new Promise((done) => setTimeout(done, 200));
    }
  }
  await guest.goto(server.url + link);
  await guest.getByLabel('New password').fill('another horse battery');
  await press('Save new password', guest);
  await guest.getByText(/Your password was changed/).waitFor();
  await guest.getByLabel('E-mail address').fill('lena@example.com');
  await guest.getByLabel('Password').fill('another horse battery');
  await press('Sign in', guest);
  assert.equal(new URL(guest.url()).pathname, '/app');
  await guest.context().close();
});

test('a second step is set up and asked for', async () => {
  const guest = await newPage(browser, { javaScriptEnabled: false });
  const logIn = async () => {
    await guest.goto(`${server.url}/login`);
    await guest.getByLabel('E-mail address').fill('lena@example.com');
    await guest.getByLabel('Password').fill('another horse battery');
    await press('Sign in', guest);
  };
  await logIn();
  await guest.goto(`${server.url}/app/settings/profile`);
  await guest.locator('#second-password').fill('another horse battery');
  await press('Set up', guest);
  const secret = await guest.locator('code').innerText();
  const recovery = await guest.locator('ul.font-mono li').first().innerText();
  await guest.getByLabel('Code shown in the app').fill(code(secret));
  await press('Turn on', guest);
  await guest.getByText(/Recovery codes left: 10/).waitFor();
  await guest.context().clearCookies();
  await logIn();
  assert.equal(new URL(guest.url()).pathname, '/login/code');
  // Who signs in again goes where they wanted to all the same.
  await guest.goto(`${server.url}/login/code?next=%2Fapp%2Fcontacts`);
  await guest.locator('main a[href="/login?next=%2Fapp%2Fcontacts"]').waitFor();
  await guest.getByLabel('Code').fill('000000');
  await press('Sign in', guest);
  await guest.getByText(/does not match/).waitFor();
  await guest.getByLabel('Code').fill(recovery);
  await press('Sign in', guest);
  assert.equal(new URL(guest.url()).pathname, '/app/contacts');
  await guest.context().close();
});

test('one goes between organizations, and deletes one with a way back', async () => {
  await at('/app/settings/organizations');
  await page.getByLabel('Organization name').fill('Second House');
  await press('Create another organization');
  assert.equal(new URL(page.url()).pathname, '/app');
  await at('/app/settings/organizations');
  await press(/^Switch$/);
  await page.getByText('Drini Books').first().waitFor();
  await at('/app/settings/organizations');
  await press(/^Switch$/);
  await at('/app/settings');
  await page.locator('summary', { hasText: 'Delete organization' }).click();
  await page.getByLabel(/Type “Second House”/).fill('Second House');
  await press('Delete organization');
  assert.equal(new URL(page.url()).pathname, '/login');
});
