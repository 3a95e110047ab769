// Passkeys in a browser with a device of its own: added on the profile, used alone, after the password and by operators.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './support/accessibility.mjs';
import { hydrated, launch, newPage, visit } from './support/browser.mjs';
import { startServer } from './support/server.mjs';
import { code, secure } from './support/totp.mjs';

const password = 'correct horse battery';
const email = 'mira@example.com';
let server, browser, page, device, client, url;

before(async () => {
  // Passkeys belong to a name, and only localhost has them without HTTPS.
  [server, browser] = await Promise.all([startServer({}, 'localhost'), launch()]);
  url = server.url;
  page = await newPage(browser, { bypassCSP: true });
  client = await page.context().newCDPSession(page);
  await client.send('WebAuthn.enable');
  device = await addDevice();
  await visit(page, `${url}/signup`);
  await page.getByLabel('Name of your organization').fill('Wolke Bikes');
  await page.getByLabel('Your name').fill('Mira Berg');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Create organization' }).click();
  await page.waitForURL('**/app');
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A device that makes sure of its person and keeps passkeys, as phones and computers do. */
async function addDevice() {
  const options = {
    protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  return (await client.send('WebAuthn.addVirtualAuthenticator', { options })).authenticatorId;
}

const panel = () => page.locator('#passkeys');

/** Fills in the form on the profile. */
async function add(name, secret = password) {
  await panel().getByLabel('Passkey name').fill(name);
  await panel().getByLabel('Current password').fill(secret);
  await panel().getByRole('button', { name: 'Add a passkey' }).click();
}

async function signOut() {
  await page.context().clearCookies({ name: 'biseda_session' });
}

async function logInWithPassword() {
  await visit(page, `${url}/login`);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

test('a passkey is added on the profile, with recovery codes, and kept apart from a second one', async () => {
  await visit(page, `${url}/app/settings/profile`);
  await add('Laptop', 'a wrong password');
  await panel().getByText('This is not your current password.').waitFor();
  await add('Laptop');
  await panel().getByText('Not used yet').waitFor();
  assert.equal(await panel().locator('ul.font-mono li').count(), 10);
  await assertAccessible(page, 'profile with a passkey');
  // The device has one for this account: it makes no second.
  await add('Laptop again');
  await panel().getByText('This device already has a passkey for your account.').waitFor();
  assert.deepEqual(page.problems.filter((text) => !text.includes('422')), []);
});

test('it signs in without the password, and goes where one was going', async () => {
  await signOut();
  await visit(page, `${url}/app/contacts`);
  await page.waitForURL('**/login?next=*');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL(`${url}/app/contacts`);
  await visit(page, `${url}/app/settings/profile`);
  await panel().getByText('Last used').waitFor();
});

test('after the password it is the second step, and recovery codes stand beside it', async () => {
  await signOut();
  await logInWithPassword();
  await page.waitForURL('**/login/code');
  await page.getByText('One of your recovery codes.').waitFor();
  await assertAccessible(page, 'second step with a passkey');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL(`${url}/app`);
});

test('an app beside it gives the choice', async () => {
  const plain = await newPage(browser, { javaScriptEnabled: false, storageState: await page.context().storageState() });
  const secret = await secure(plain, url, password);
  await plain.context().close();
  await signOut();
  await logInWithPassword();
  await page.waitForURL('**/login/code');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
  await page.getByLabel('Code').fill(code(secret, Date.now() + 30_000));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(`${url}/app`);
});

test('a device that is not sure of its person is refused, and may try again', async () => {
  await signOut();
  await client.send('WebAuthn.setUserVerified', { authenticatorId: device, isUserVerified: false });
  await visit(page, `${url}/login`);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByText('No passkey was used.').waitFor();
  await client.send('WebAuthn.setUserVerified', { authenticatorId: device, isUserVerified: true });
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL(`${url}/app`);
});

test('it is renamed and removed without script, and does not sign in any more', async () => {
  const plain = await newPage(browser, { javaScriptEnabled: false, storageState: await page.context().storageState() });
  await plain.goto(`${url}/app/settings/profile`);
  await plain.getByRole('link', { name: 'Edit Laptop' }).click();
  await plain.locator('#passkey-name').fill('Work');
  await plain.getByRole('button', { name: 'Save' }).last().click();
  await plain.getByText('Work', { exact: true }).waitFor();
  await plain.locator('#passkey-password').fill('a wrong password');
  await plain.getByRole('button', { name: 'Remove passkey' }).click();
  await plain.getByText('This is not your current password.').waitFor();
  await plain.locator('#passkey-password').fill(password);
  await plain.getByRole('button', { name: 'Remove passkey' }).click();
  await plain.getByText('Work', { exact: true }).waitFor({ state: 'detached' });
  await plain.context().close();
  await signOut();
  await visit(page, `${url}/login`);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByText('This passkey could not be used.').waitFor();
});

test('operators are let in with a passkey', async () => {
  const printed = await server.run('admin', 'create', '--email', 'operator@example.com', '--name', 'Olga Operator');
  const secret = printed.match(/Password: (\S+)/)[1];
  await visit(page, `${url}/login`);
  await page.getByLabel('E-mail address').fill('operator@example.com');
  await page.getByLabel('Password').fill(secret);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL('**/login/organization');
  await hydrated(page);
  await page.getByLabel('Name of your organization').fill('The Operators');
  await page.getByRole('button', { name: 'Create organization' }).click();
  await page.waitForURL('**/app');
  await page.goto(`${url}/admin`);
  assert.equal(new URL(page.url()).pathname, '/admin/second-factor');
  await visit(page, `${url}/app/settings/profile`);
  await add('Key of the house', secret);
  await panel().getByText('Not used yet').waitFor();
  await visit(page, `${url}/admin`);
  assert.equal(new URL(page.url()).pathname, '/admin');
});

test('without script, or at a number instead of a name, nothing of it is shown at sign-in', async () => {
  const plain = await newPage(browser, { javaScriptEnabled: false });
  await plain.goto(`${url}/login`);
  assert.equal(await plain.getByRole('button', { name: 'Sign in with a passkey' }).count(), 0);
  await plain.context().close();
  const other = await newPage(browser);
  await visit(other, `${url.replace('localhost', '127.0.0.1')}/login`);
  await other.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  assert.equal(await other.getByRole('button', { name: 'Sign in with a passkey' }).count(), 0);
  await other.context().close();
});
