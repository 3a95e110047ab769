// An agent is set up, tried, put on a channel and removed again; the channel's look is seen while it is chosen.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { hydrated, newPage, visit } from './support/browser.mjs';
import { session, startDemo } from './support/demo.mjs';

let demo, page;
before(async () => {
  demo = await startDemo();
  page = await newPage(demo.browser, await session(demo));
});
after(() => demo?.stop());
afterEach(() => assert.deepEqual(page?.problems.splice(0), []));

const press = (name) => page.getByRole('button', { name, exact: true }).click();

test('an agent is made, and everything in its form is kept', async () => {
  await visit(page, `${demo.server.url}/app/agents/new`);
  await page.getByLabel('Name', { exact: true }).fill('Nightshift');
  await page.getByLabel('Greeting').fill('Good evening!');
  await page.getByLabel('Instructions').fill('Answer in two sentences.');
  await page.getByLabel('Tone').selectOption('concise');
  await page.getByLabel('Languages').fill('en, sq, de');
  await page.getByLabel('Provider').selectOption('openai');
  await page.getByLabel('Model', { exact: true }).fill('some-model');
  await page.getByLabel('API address').fill('https://models.example/v1');
  await page.getByLabel('API key').fill('secret-key-1');
  await page.getByLabel('Maximum answer length').fill('500');
  await page.getByRole('checkbox', { name: 'Boots' }).check();
  await page.getByLabel('Words that hand over at once').fill('lawyer\nrefund');
  await page.getByLabel('Unanswered questions').fill('3');
  await press('Create agent');
  await page.waitForURL((url) => url.pathname !== '/app/agents/new');
  await visit(page, `${demo.server.url}/app/agents`);
  await page.getByRole('link', { name: 'Nightshift' }).click();
  await page.getByRole('heading', { level: 1, name: 'Nightshift' }).waitFor();
  await page.reload();
  await hydrated(page);
  const values = await Promise.all(['Greeting', 'Instructions', 'Tone', 'Languages', 'Provider', 'API address', 'API key', 'Maximum answer length', 'Words that hand over at once', 'Unanswered questions']
    .map((label) => page.getByLabel(label).inputValue()));
  assert.deepEqual(values, ['Good evening!', 'Answer in two sentences.', 'concise', 'en, sq, de', 'openai', 'https://models.example/v1', '', '500', 'lawyer\nrefund', '3']);
  assert.ok(await page.getByRole('checkbox', { name: 'Boots' }).isChecked());
  assert.ok(!(await page.getByRole('checkbox', { name: 'Rental' }).isChecked()));
  await page.getByText('A key is stored, encrypted.', { exact: false }).waitFor();
  assert.ok(!(await page.content()).includes('secret-key-1'), 'the key is never shown again');
});

test('what is wrong is said at its field, and what was written stays', async () => {
  await page.getByLabel('API address').fill('ftp://nowhere');
  await page.getByLabel('Greeting').fill('Kept although refused');
  await press('Save agent');
  await page.locator('[aria-invalid="true"]').first().waitFor();
  // The browser's own line about the answer, which is meant.
  assert.ok(page.problems.splice(0).every((problem) => problem.includes('422')));
  assert.equal(await page.getByLabel('Greeting').inputValue(), 'Kept although refused');
  await page.getByLabel('Provider').selectOption('extractive');
  await page.getByLabel('Provider').selectOption('openai');
  await page.getByLabel('API address').fill('https://models.example/v1');
  await press('Save agent');
  await page.getByText('Agent saved.').waitFor();
});

test('what becomes of the stored key happens once, and a new name stands everywhere', async () => {
  const [key, removes] = [page.getByLabel('API key'), page.getByLabel('Remove the stored key')];
  await key.fill('secret-key-2');
  await removes.check();
  await press('Save agent');
  await page.getByText(/not both/).waitFor();
  assert.ok(page.problems.splice(0).every((problem) => problem.includes('422')));
  await removes.uncheck();
  await page.getByLabel('Name', { exact: true }).fill('Nightwatch');
  await press('Save agent');
  await page.getByRole('heading', { level: 1, name: 'Nightwatch' }).waitFor();
  assert.equal(await key.inputValue(), '');
  await removes.check();
  await press('Save agent');
  await removes.waitFor({ state: 'detached' });
  await key.fill('secret-key-3');
  await page.getByLabel('Name', { exact: true }).fill('Nightshift');
  await press('Save agent');
  await page.getByRole('heading', { level: 1, name: 'Nightshift' }).waitFor();
  await page.getByText('A key is stored, encrypted.', { exact: false }).waitFor();
  assert.ok(!(await removes.isChecked()));
});

test('an agent whose source is deleted says so until it is told to answer from others', async () => {
  await visit(page, `${demo.server.url}/app/knowledge`);
  await page.getByRole('link', { name: 'Boots' }).click();
  await page.locator('summary', { hasText: 'Delete source' }).click();
  await page.getByText('Delete “Boots”?').waitFor();
  await press('Delete source');
  await page.waitForURL('**/app/knowledge');
  await visit(page, `${demo.server.url}/app/agents`);
  await page.getByText('No sources', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Nightshift' }).click();
  const warning = page.getByText('answers from none', { exact: false });
  await warning.waitFor();
  await page.getByLabel('Answer from all sources').check();
  await press('Save agent');
  await warning.waitFor({ state: 'detached' });
  await page.reload();
  await hydrated(page);
  assert.equal(await warning.count(), 0);
});

test('it is deleted after a question that names it', async () => {
  const line = page.locator('summary', { hasText: 'Delete agent' });
  const question = page.getByText('Delete “Nightshift”?');
  await line.press('Enter');
  await question.waitFor();
  await line.press('Enter');
  await question.waitFor({ state: 'hidden' });
  await line.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/app/agents');
  await page.getByText('Agent deleted.').waitFor();
  await page.getByRole('link', { name: 'Lumi', exact: true }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Nightshift' }).count(), 0);
});

test('the playground answers as the widget would and shows how', async () => {
  await visit(page, `${demo.server.url}/app/agents`);
  await page.getByRole('link', { name: 'Playground' }).click();
  await page.getByLabel('Question').fill('What is the deposit for a tent?');
  await press('Ask');
  await page.getByRole('log').getByText(/10,000 lekë/).first().waitFor({ timeout: 60_000 });
  await page.getByText('How this answer was made').click();
  await page.getByText('Quoted from passages').waitFor();
  await page.getByRole('link', { name: 'Renting tents and equipment' }).first().waitFor();
  await page.getByLabel('Question').fill('I want to talk to a person');
  await press('Ask');
  await page.getByText('A person would be called in here.').waitFor();
  await press('Start over');
  await page.getByText('Try it before your customers do').waitFor();
});

test('the look of a channel is seen before it is saved', async () => {
  await visit(page, `${demo.server.url}/app/channels`);
  await page.locator('main li a').first().click();
  const preview = page.frameLocator('iframe[src*="preview"]');
  await preview.getByRole('heading', { name: 'Lumi Outdoor' }).waitFor();
  await preview.getByRole('button', { name: 'Which tents can I rent?' }).waitFor();
  await page.getByLabel('Title').fill('Ask the mountain');
  await preview.getByRole('heading', { name: 'Ask the mountain' }).waitFor();
  await page.getByLabel('Greeting').fill('Up here!');
  await preview.getByText('Up here!').waitFor();
  await page.getByLabel('Suggested questions').fill('Is it cold?');
  await preview.getByRole('button', { name: 'Is it cold?' }).waitFor();
  await page.getByLabel('Colour').fill('#ffcc00');
  await page.waitForFunction(() => getComputedStyle(document.querySelector('.preview-button')).backgroundColor === 'rgb(255, 204, 0)');
  await press('Save channel');
  await page.getByText('Channel saved.').waitFor();
  await page.reload();
  await preview.getByRole('heading', { name: 'Ask the mountain' }).waitFor();
});
