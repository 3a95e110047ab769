// Channels and the own account, as an owner sets them: what was saved is seen at once, and what was refused says why.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { hydrated, newPage, visit } from './support/browser.mjs';
import { owner, session, startDemo } from './support/demo.mjs';

let demo, page;
before(async () => {
  demo = await startDemo();
  page = await newPage(demo.browser, await session(demo));
});
after(() => demo?.stop());
afterEach(() => assert.deepEqual(page?.problems.splice(0), []));

const heading = (name) => page.getByRole('heading', { level: 1, name });

async function channel() {
  await visit(page, `${demo.server.url}/app/channels`);
  await page.locator('main li a').first().click();
  await page.getByTestId('snippet').waitFor();
}

test('the widget opens in a page of its own', async () => {
  await channel();
  const [opened] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('link', { name: 'Open on its own page' }).click(),
  ]);
  await opened.getByPlaceholder('Write a message…').waitFor();
  await opened.close();
});

test('a channel that is saved bears its new name everywhere', async () => {
  await channel();
  await page.getByRole('textbox', { name: 'Name' }).first().fill('Shop window');
  await page.getByRole('button', { name: 'Save channel' }).click();
  await heading('Shop window').waitFor();
  const question = page.locator('details', { hasText: 'Delete “Shop window”?' });
  await question.locator('summary').click();
  await question.getByText('Delete “Shop window”?').waitFor();
});

test('two people at the same form do not undo each other', async () => {
  await channel();
  const other = await newPage(demo.browser, { storageState: await page.context().storageState() });
  await visit(other, page.url());
  const save = async (on, label, text) => {
    await on.getByRole('textbox', { name: label }).first().fill(text);
    await on.getByRole('button', { name: 'Save channel' }).click();
  };
  await save(page, 'Name', 'Front door');
  await heading('Front door').waitFor();
  await save(page, 'Name', 'Front door 2');
  await heading('Front door 2').waitFor();
  await save(other, 'Title', 'Ask us');
  await other.getByText(/^This was changed in the meantime/).first().waitFor();
  assert.equal(await other.getByRole('textbox', { name: 'Title' }).inputValue(), 'Ask us');
  await visit(other, page.url());
  assert.equal(await other.getByRole('textbox', { name: 'Name' }).first().inputValue(), 'Front door 2');
  await save(other, 'Title', 'Ask us');
  await other.getByText('Channel saved.').first().waitFor();
  await other.context().close();
});

test('what is typed while a form is being saved stays, and is saved next', async () => {
  await channel();
  let take;
  const taken = new Promise((done) => (take = done));
  await page.route(/save_channel/, take, { times: 1 });
  const field = (name) => page.getByRole('textbox', { name }).first();
  await field('Name').fill('Side door');
  await field('Name').press('Enter');
  const saving = await taken;
  await field('Title').fill('Typed meanwhile');
  await saving.continue();
  await page.getByText('Channel saved').waitFor();
  assert.equal(await field('Title').inputValue(), 'Typed meanwhile');
  await page.getByRole('button', { name: 'Save channel' }).click();
  await heading('Side door').waitFor();
  assert.equal(await field('Title').inputValue(), 'Typed meanwhile');
});

test('what was ticked in the form of one role does not stand in that of the next', async () => {
  const box = (name) => page.getByRole('checkbox', { name, exact: true });
  await visit(page, `${demo.server.url}/app/settings/roles?edit=new`);
  await page.getByLabel('Name').fill('Auditor');
  await box('Agents: see').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Edit Auditor' }).click();
  await box('Members: see').check();
  await page.getByRole('link', { name: 'New role' }).click();
  await page.waitForFunction(() => document.querySelector('[name="form[name]"]')?.value === '');
  assert.equal(await box('Members: see').isChecked(), false);
});

test('an organization that is renamed is deleted by its new name', async () => {
  await visit(page, `${demo.server.url}/app/settings`);
  const name = page.locator('form', { has: page.locator('[name=time_zone]') }).locator('[name=name]');
  const before = await name.inputValue();
  for (const wanted of ['Another name', before]) {
    await visit(page, page.url());
    await name.fill(wanted);
    // Both are loaded anew: the organization first, then the one whose rights its form follows.
    const loaded = page.waitForResponse(/load_organization/).then((response) => response.finished());
    await page.route(/load_me/, async (route) => {
      await loaded;
      await page.waitForTimeout(100);
      await route.continue();
    }, { times: 1 });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('label', { hasText: `Type “${wanted}” to confirm` }).waitFor({ state: 'attached' });
    assert.equal(await name.inputValue(), wanted);
  }
});

test('a key is made once, and stays in sight when another is refused', async () => {
  await visit(page, `${demo.server.url}/app/settings/api-keys`);
  const [name, create] = [page.getByLabel('Name'), page.getByRole('button', { name: 'Create key' })];
  await name.fill('Shop');
  await page.getByRole('checkbox', { name: 'contacts:read' }).check();
  await create.dblclick();
  const secret = await page.getByTestId('secret').innerText();
  await page.waitForFunction(() => document.querySelector('#name').value === '');
  assert.ok(!(await page.getByRole('checkbox', { name: 'contacts:read' }).isChecked()));
  const keys = page.locator('main').getByText(/^Shop\b/);
  await keys.first().waitFor();
  assert.equal(await keys.count(), 1);
  assert.equal(await page.getByTestId('secret').innerText(), secret);
});

test('a page beyond the last one leads back', async () => {
  await visit(page, `${demo.server.url}/app/contacts?page=99`);
  await page.getByRole('link', { name: 'Previous page' }).click();
  await page.locator('tbody tr').first().waitFor();
  await visit(page, `${demo.server.url}/app/settings/audit?page=99`);
  await page.getByRole('link', { name: 'Previous page' }).click();
  await page.locator('tbody tr').first().waitFor();
});

test('a channel that has conversations is not deleted, and says why', async () => {
  await channel();
  await page.locator('summary', { hasText: 'Delete channel' }).click();
  await page.getByRole('button', { name: 'Delete channel' }).click();
  await page.getByText('This channel has conversations').waitFor();
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

test('a new password signs the other browsers out and stays in no field', async () => {
  await session(demo);
  await visit(page, `${demo.server.url}/app/settings/profile`);
  const browsers = page.getByRole('table', { name: 'Where you are signed in' }).locator('tbody tr');
  assert.ok((await browsers.count()) > 1);
  const [old, fresh] = ['old_password', 'new_password'].map((name) => page.locator(`[name=${name}]`));
  await old.fill(owner.password);
  await fresh.fill('another horse battery');
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByText('Password changed.').waitFor();
  await browsers.nth(1).waitFor({ state: 'detached' });
  assert.deepEqual([await old.inputValue(), await fresh.inputValue()], ['', '']);
});
