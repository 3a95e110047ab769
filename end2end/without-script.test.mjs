// A browser without JavaScript: an organization is made, worked in and left again through plain forms.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, newPage } from './support/browser.mjs';
import { startServer } from './support/server.mjs';
import { newVisitor } from './support/visitor.mjs';

let server, browser, page, at;
before(async () => {
  [server, browser] = await Promise.all([startServer(), launch()]);
  page = await newPage(browser, { javaScriptEnabled: false });
  at = (path) => page.goto(server.url + path);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const logIn = async (password) => {
  await at('/login');
  await page.getByLabel('E-mail address').fill('mira@example.com');
  await page.getByLabel('Password').fill(password);
  await press('Sign in');
};
// What sends a form: the page that answers is loaded whole.
const sends = (action) => Promise.all([page.waitForEvent('load'), action]);
const press = (name) => sends(page.getByRole('button', { name }).filter({ visible: true }).first().click());

test('sign-up says what is wrong, keeps what was written, and ends in the dashboard', async () => {
  await at('/signup');
  await page.getByLabel('Name of your organization').fill('Wolke Bikes');
  await page.getByLabel('Your name').fill('Mira Berg');
  await page.getByLabel('E-mail address').fill('mira@example.com');
  await page.getByLabel('Password').fill('short');
  await press('Create organization');
  assert.match(page.url(), /\/signup/);
  await page.getByText(/Too short/).waitFor();
  assert.equal(await page.getByLabel('Name of your organization').inputValue(), 'Wolke Bikes');
  await page.getByLabel('Password').fill('correct horse battery');
  await press('Create organization');
  assert.equal(new URL(page.url()).pathname, '/app');
  await page.getByText('Wolke Bikes').first().waitFor();
});

test('leaving and coming back', async () => {
  await page.locator('summary', { hasText: 'Your account' }).filter({ visible: true }).click();
  await press('Sign out');
  assert.equal(new URL(page.url()).pathname, '/login');
  await at('/app');
  assert.equal(new URL(page.url()).pathname, '/login', 'the dashboard is closed');
  await logIn('a wrong password');
  await page.getByText(/The address or the password is wrong/).waitFor();
  await logIn('correct horse battery');
  assert.equal(new URL(page.url()).pathname, '/app');
});

test('a text becomes knowledge and is found', async () => {
  await at('/app/knowledge/new/text');
  await page.getByLabel('Name').fill('Delivery');
  await page.getByLabel('Text').fill('# Delivery\n\nDelivery within Germany takes two working days and costs 5 euros.');
  await press('Add and read');
  assert.match(page.url(), /\/app\/knowledge\/[0-9a-f-]{36}$/);
  for (let tries = 0; !(await page.getByText('Ready', { exact: true }).count()); tries++) {
    assert.ok(tries < 100, 'the text was never read');
    await page.reload();
  }
  await at('/app/knowledge/search');
  await page.getByLabel('Question').fill('How long does delivery take?');
  await press(/^Search$/);
  await page.getByText(/two working days/).first().waitFor();
});

test('the forms of the settings', async () => {
  await at('/app/settings');
  await page.getByLabel('Website').fill('https://wolke.example');
  await press('Save');
  await at('/app/settings');
  assert.equal(await page.getByLabel('Website').inputValue(), 'https://wolke.example/'.replace(/\/$/, '') , 'the website is kept');

  await at('/app/settings/profile');
  await page.getByLabel('Your name').fill('Mira B. Berg');
  await press('Save');
  await at('/app/settings/profile');
  assert.equal(await page.getByLabel('Your name').inputValue(), 'Mira B. Berg');

  await at('/app/agents');
  await page.locator('main a[href*="/app/agents/"]:not([href$="/new"])').first().click();
  await page.getByLabel('Greeting').fill('Hello from the workshop!');
  await press('Save agent');
  await page.reload();
  assert.equal(await page.getByLabel('Greeting').inputValue(), 'Hello from the workshop!');

  await at('/app/channels');
  await page.locator('main li a').first().click();
  await page.getByLabel('Title').fill('Ask Wolke');
  await press('Save channel');
  await page.reload();
  assert.equal(await page.getByLabel('Title').inputValue(), 'Ask Wolke');
});

test('a conversation is read, taken over, answered, sorted and closed', async () => {
  const channel = await page.getByTestId('snippet').innerText();
  const visitor = await newVisitor({ server, key: channel.match(/data-channel="([^"]+)"/)[1] }, { name: 'Jonas Weber' });
  await visitor.say('Do you repair old bicycles?');
  await at('/app/inbox?list=all');
  await page.getByRole('link', { name: /Jonas Weber/ }).click();
  const address = page.url();
  await press('Take over');
  await page.getByRole('textbox', { name: 'Reply text' }).fill('Yes, every Tuesday.');
  await press('Send reply');
  await page.getByRole('log').getByText('Yes, every Tuesday.').waitFor();
  assert.equal((await visitor.conversation()).messages.at(-1).content, 'Yes, every Tuesday.');

  await page.getByLabel('Priority').filter({ visible: true }).first().selectOption('urgent');
  await sends(page.locator('form:has(#thread-priority) button').click());
  await page.goto(address);
  assert.equal(await page.locator('#thread-priority').inputValue(), 'urgent');
  await page.locator('#thread-tags').fill('repair');
  await sends(page.locator('#thread-tags').press('Enter'));
  await page.goto(address);
  await page.getByRole('button', { name: 'Remove the tag repair' }).waitFor();

  await press(/^Close$/);
  await page.goto(address);
  await page.getByRole('button', { name: 'Reopen' }).waitFor();
  await at('/app/inbox?list=closed');
  await page.getByRole('link', { name: /Jonas Weber/ }).waitFor();
});

test('contacts and canned answers', async () => {
  await at('/app/contacts');
  await page.getByRole('link', { name: 'New contact' }).click();
  await page.getByLabel('Name').first().fill('Lena Vogt');
  await press('Create contact');
  assert.match(page.url(), /\/app\/contacts\/[0-9a-f-]{36}$/);
  await page.getByLabel('Company').fill('Vogt GmbH');
  await sends(page.getByLabel('Company').press('Enter'));
  await page.reload();
  assert.equal(await page.getByLabel('Company').inputValue(), 'Vogt GmbH');

  await at('/app/inbox/canned');
  await page.getByLabel('Shortcut').first().fill('thanks');
  await page.getByLabel('Text').first().fill('Thank you for writing.');
  await press('Add');
  await at('/app/inbox/canned');
  await page.getByText('/thanks').first().waitFor();
});

test('what is lost is asked about first, and a refusal is read where it was asked', async () => {
  const unfold = (text) => page.locator('summary', { hasText: text }).filter({ visible: true }).first().click();
  await at('/app/channels');
  await page.locator('main li a').first().click();
  await unfold('Delete channel');
  await press('Delete channel');
  await page.getByText('This channel has conversations').waitFor();

  await at('/app/contacts');
  await page.getByRole('link', { name: 'Lena Vogt' }).first().click();
  await unfold('Delete contact');
  await page.getByLabel('Type Lena Vogt to confirm').fill('Lena');
  await press('Delete contact');
  await page.getByText('The name does not match').waitFor();
  await page.getByLabel('Type Lena Vogt to confirm').fill('Lena Vogt');
  await press('Delete contact');
  assert.equal(new URL(page.url()).pathname, '/app/contacts');
  assert.equal(await page.getByText('Lena Vogt').count(), 0);

  await at('/app/inbox/canned');
  await unfold('/thanks');
  await unfold(/^Delete$/);
  await page.getByText('Delete “/thanks”?').waitFor();
  await press(/^Delete$/);
  assert.equal(await page.getByText('/thanks').count(), 0);
});
