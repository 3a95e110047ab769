// Sources are added, read, stopped, read again and deleted; their documents are looked into and searched.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, afterEach, before, test } from 'node:test';
import { newPage, visit } from './support/browser.mjs';
import { session, startDemo } from './support/demo.mjs';
import { readWebsite } from './support/member.mjs';
import { startSite } from './support/site.mjs';

let demo, site, page;
before(async () => {
  [demo, site] = await Promise.all([startDemo(), startSite()]);
  page = await newPage(demo.browser, await session(demo));
});
after(async () => {
  await site?.stop();
  await demo?.stop();
});
afterEach(() => assert.deepEqual(page?.problems.splice(0), []));

const at = (path) => visit(page, demo.server.url + path);
const press = (name) => page.getByRole('button', { name, exact: true }).click();

/** A site that never comes to an end: each page links to the next. */
async function endlessSite() {
  const server = createServer((request, response) => {
    const number = Number(request.url.match(/\d+/) ?? 0);
    if (request.url === '/robots.txt') return response.writeHead(404).end();
    response.setHeader('content-type', 'text/html');
    setTimeout(() => response.end(`<title>Page ${number}</title><h1>Page ${number}</h1><p>Words of page ${number}.</p><a href="/${number + 1}">next</a>`), 1000);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://localhost:${server.address().port}/0`, stop: () => new Promise((done) => { server.closeAllConnections(); server.close(done); }) };
}

test('a website is read, its failures are named, its documents open', async () => {
  await readWebsite(page, demo.server, `${site.url}/index.html`);
  await page.getByText(`${site.url}/gone.html`).waitFor();
  const source = page.url();
  await page.getByRole('link', { name: /Delivery/ }).first().click();
  await page.getByRole('heading', { level: 1, name: /Delivery/ }).waitFor();
  const passage = page.locator('main ol a').nth(1);
  await passage.click();
  await page.locator('mark#passage').waitFor();
  assert.equal(await passage.getAttribute('aria-current'), 'true');
  await page.goBack();
  await page.goBack();
  await page.waitForURL(source);
});

test('it is read again on demand and by schedule', async () => {
  const sent = [];
  const note = (request) => /set_schedule/.test(request.url()) && sent.push(request.postData());
  page.on('request', note);
  const schedule = page.getByLabel('Read again', { exact: true });
  await schedule.focus();
  // Keys step through the closed list, and nothing is saved before Enter.
  for (const value of ['hourly', 'daily']) {
    await schedule.evaluate((select, value) => {
      select.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
      select.value = value;
      select.dispatchEvent(new Event('change', { bubbles: true }));
    }, value);
  }
  await page.keyboard.press('Enter');
  await page.getByText('Schedule saved.').waitFor();
  page.off('request', note);
  assert.deepEqual(sent.map((form) => new URLSearchParams(form).get('schedule')), ['daily']);
  await page.getByText(/Next read/).waitFor();
  await press('Read again now');
  await page.getByText('Reading has started.').waitFor();
  await page.getByRole('button', { name: 'Read again now' }).waitFor({ timeout: 60_000 });
  await page.getByText('Ready', { exact: true }).waitFor();
});

test('reading is stopped, and nothing goes on', async (t) => {
  const endless = await endlessSite();
  t.after(() => endless.stop());
  const other = await newPage(demo.browser, await session(demo));
  await at('/app/knowledge/new/website');
  await page.getByLabel('Address').fill(endless.url);
  await page.getByLabel('Maximum link depth').fill('20');
  await press('Add and read');
  await page.waitForURL(/\/app\/knowledge\/[0-9a-f-]{36}$/);
  await page.getByRole('progressbar').waitFor();
  // Another window follows, and keeps open what is open.
  await visit(other, page.url());
  await other.getByRole('progressbar').waitFor();
  const choices = await other.locator('#schedule option').elementHandles();
  const again = other.waitForResponse(/load_source\d/);
  await other.locator('summary', { hasText: 'Delete source' }).click();
  const question = other.getByText(/^Delete “.*localhost/);
  await question.waitFor();
  await (await again).finished();
  await other.waitForTimeout(300);
  for (const choice of choices) assert.ok(await choice.evaluate((element) => element.isConnected));
  await press('Stop reading');
  await page.getByText('Reading stopped.', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'Read again now' }).waitFor();
  await other.getByText('Read again now').waitFor();
  assert.ok(await question.isVisible());
  assert.deepEqual(other.problems, []);
  await other.context().close();
});

test('a file and a text become knowledge; what is unreadable says why', async () => {
  await at('/app/knowledge/new/file');
  await page.getByLabel('File').setInputFiles({ name: 'opening.md', mimeType: 'text/markdown', buffer: Buffer.from('# Opening\n\nThe workshop opens at seven in the morning.') });
  await press('Upload and read');
  await page.waitForURL(/\/app\/knowledge\/[0-9a-f-]{36}$/);
  await page.getByText('Ready', { exact: true }).waitFor();
  await at('/app/knowledge/new/file');
  await page.getByLabel('File').setInputFiles({ name: 'broken.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 and nothing more') });
  await press('Upload and read');
  await page.waitForURL(/\/app\/knowledge\/[0-9a-f-]{36}$/);
  await page.getByText('Failed', { exact: true }).first().waitFor();
  await page.getByText('The document is damaged or too complex to read.').first().waitFor();
  await at('/app/knowledge/new/text');
  await page.getByLabel('Name').fill('Parking');
  await page.getByLabel('Text').fill('You may park behind the workshop for two hours.');
  await press('Add and read');
  await page.getByText('Ready', { exact: true }).waitFor();
});

test('a search shows the passages with their scores and leads to them', async () => {
  await at('/app/knowledge/search');
  await page.getByText('Ask what a customer would ask').waitFor();
  await page.getByLabel('Question').fill('When does the workshop open?');
  await press('Search');
  await page.waitForURL(/q=When/);
  const first = page.locator('main ol > li').first();
  await first.getByText(/seven in the morning/).waitFor();
  await first.getByText(/Score/).waitFor();
  await first.getByRole('link').click();
  await page.locator('mark#passage', { hasText: 'seven in the morning' }).waitFor();
});

test('a curated answer is written, changed and deleted', async () => {
  await at('/app/knowledge/answers');
  await page.getByRole('link', { name: 'Add an answer' }).click();
  await page.getByLabel('Question').fill('Do you sell vouchers?');
  await page.getByLabel('Answer', { exact: true }).fill('Yes, from 20 euros.');
  await press('Save');
  const card = page.locator('main li', { hasText: 'Do you sell vouchers?' });
  await card.getByText('Yes, from 20 euros.').waitFor();
  await card.getByRole('link', { name: 'Edit' }).click();
  await page.getByLabel('Answer', { exact: true }).fill('Yes, from 10 euros.');
  await press('Save');
  await card.getByText('Yes, from 10 euros.').waitFor();
  await card.getByRole('link', { name: 'Edit' }).click();
  await page.locator('summary', { hasText: 'Delete' }).click();
  await page.getByText('Delete “Do you sell vouchers?”?').waitFor();
  await press('Delete');
  await page.getByText('Answer deleted.').waitFor();
  await page.getByLabel('Answer', { exact: true }).waitFor({ state: 'detached' });
  assert.equal(await card.count(), 0);
});

test('a source is deleted after a question that names it, and answers nothing any more', async () => {
  await at('/app/knowledge');
  await page.getByRole('link', { name: 'opening', exact: false }).click();
  await page.locator('summary', { hasText: 'Delete source' }).click();
  await page.getByText(/^Delete “opening/).waitFor();
  await press('Delete source');
  await page.waitForURL('**/app/knowledge');
  await page.getByRole('link', { name: 'Parking' }).waitFor();
  assert.equal(await page.getByRole('link', { name: /opening/ }).count(), 0);
  await at('/app/knowledge/search?q=When+does+the+workshop+open%3F');
  await page.locator('main ol > li').first().waitFor();
  assert.equal(await page.getByText(/seven in the morning/).count(), 0);
});
