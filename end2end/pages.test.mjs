// Every page: no complaint in the console, no failed request, nothing wider than a phone or a screen; and the server
// has nothing to complain about either.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newPage, quiet, visit } from './support/browser.mjs';
import { addColleague, session, startDemo } from './support/demo.mjs';
import { dashboardPages, publicPages } from './support/pages.mjs';

let demo, owner, pages;
before(async () => {
  demo = await startDemo();
  owner = await session(demo);
  const page = await newPage(demo.browser, { ...owner, javaScriptEnabled: false });
  pages = await dashboardPages(page, demo.server);
  await page.context().close();
});
after(() => demo?.stop());

/** Collects what goes wrong on a page, warnings included. */
function watch(page) {
  page.on('console', (message) => message.type() === 'warning' && page.problems.push(message.text()));
  page.on('requestfailed', (request) => {
    // A page that is left gives up what it was still asking for.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') page.problems.push(`${request.url()} ${request.failure()?.errorText}`);
  });
  page.on('response', (response) => response.status() >= 400 && page.problems.push(`${response.status()} ${response.url()}`));
}

/** What stands out of the page to the side. */
const overflow = (page) => page.evaluate(() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const out = [...document.body.querySelectorAll('*')].filter((element) => element.getBoundingClientRect().right > clientWidth + 1);
  return [`${scrollWidth} of ${clientWidth}`, ...out.slice(0, 3).map((element) => element.outerHTML.slice(0, 120))];
});

async function look(page, name, path) {
  const isMissing = /not there|missing/.test(name);
  await visit(page, demo.server.url + path);
  // What the script changes at once has been drawn.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  for (const [width, height] of [[1440, 900], [360, 740]]) {
    await page.setViewportSize({ width, height });
    assert.deepEqual(await overflow(page), [], `${name} at ${width} px`);
  }
  const title = await page.title();
  assert.ok(title.trim(), `${name} has a title`);
  assert.equal(await page.locator('h1').count(), 1, `${name} has one main heading`);
  const found = page.problems.splice(0).filter((problem) => !(isMissing && /404/.test(problem)));
  assert.deepEqual(found, [], name);
}

for (const locale of ['en-GB', 'sq-AL']) {
  test(`every page is in order, ${locale}`, async () => {
    const language = locale.slice(0, 2);
    const visitor = await newPage(demo.browser, { locale });
    watch(visitor);
    for (const [name, path] of Object.entries(publicPages)) {
      await look(visitor, name, path);
      assert.equal(await visitor.locator('html').getAttribute('lang'), language, name);
    }
    await visitor.context().close();
    const member = await newPage(demo.browser, { ...owner, locale });
    await member.context().addCookies([{ name: 'biseda_locale', value: language, url: demo.server.url }]);
    watch(member);
    for (const [name, path] of Object.entries(pages)) {
      await look(member, name, path);
      // What browsers make of a language they have no data for.
      const times = await member.locator('time').allTextContents();
      assert.deepEqual(times.filter((time) => !time.trim() || /M\d\d|^-/.test(time)), [], `times of ${name}`);
      assert.equal(await member.locator('html').getAttribute('lang'), language, name);
    }
    await member.context().close();
  });
}

test('going from page to page in the browser is in order too', async () => {
  const page = await newPage(demo.browser, owner);
  watch(page);
  await visit(page, `${demo.server.url}/app`);
  await page.evaluate(() => (window.sameDocument = true));
  for (const [link, path] of [['Inbox', '/app/inbox'], ['Contacts', '/app/contacts'], ['Knowledge', '/app/knowledge'],
    ['Agents', '/app/agents'], ['Channels', '/app/channels'], ['Settings', '/app/settings'], ['Overview', '/app']]) {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: link }).click();
    await page.waitForURL((url) => url.pathname === path);
    await quiet(page);
    const entries = page.locator('main').locator('li a, td a, nav a, a.figure').filter({ visible: true });
    await entries.last().click();
    await quiet(page);
    await page.goBack();
    await page.waitForURL((url) => url.pathname === path);
    await quiet(page);
    assert.deepEqual(page.problems, [], link);
  }
  assert.equal(await page.evaluate(() => window.sameDocument), true, 'a link loaded the page anew');
  await page.context().close();
});

test('a colleague who may not change everything sees what is there in order', async () => {
  const colleague = await addColleague(demo);
  const page = await newPage(demo.browser, colleague);
  watch(page);
  for (const name of ['inbox', 'conversation', 'contact', 'source', 'answers', 'agent', 'channel', 'organization', 'members'])
    await look(page, name, pages[name]);
  // What the server would refuse is not offered: neither a button nor a way to a form.
  const offered = (main) => [...main.querySelectorAll('button:enabled, a[href*="edit="], a[href$="/new"]')]
    .filter((element) => element.checkVisibility())
    .map((element) => (element.ariaLabel || element.textContent).trim());
  for (const name of ['sources', 'source', 'answers', 'agents', 'agent', 'channels', 'channel', 'organization', 'members', 'roles', 'teams', 'new role', 'new team']) {
    await visit(page, demo.server.url + pages[name]);
    await quiet(page);
    const found = await page.locator('main').evaluate(offered);
    assert.deepEqual(found.filter((text) => text !== 'Copy'), [], name);
  }
  await page.context().close();
});

test('a script that comes to an end says so, and the page can be loaded anew', async () => {
  const page = await newPage(demo.browser, owner);
  await visit(page, `${demo.server.url}/app`);
  // A browser that makes no more elements: the script cannot expect that.
  await page.evaluate(() => {
    const refuse = () => { throw new Error('no more elements'); };
    Object.assign(Document.prototype, { createElement: refuse, createElementNS: refuse });
    Node.prototype.cloneNode = refuse;
  });
  await page.getByRole('link', { name: 'Contacts' }).first().click();
  const notice = page.getByRole('alert').filter({ hasText: 'This page has stopped working' });
  await notice.waitFor();
  await notice.getByRole('link', { name: 'Reload the page' }).click();
  await notice.waitFor({ state: 'hidden' });
  assert.ok(page.problems.splice(0).some((problem) => problem.includes('panicked')));
  await page.context().close();
});

test('the server has nothing to complain about', () => {
  // How long a statement took depends on the machine. What a panic says stands in the lines after its place.
  const lines = demo.server.log.join('').split('\n');
  const complaints = lines.flatMap((line, at) => (/\b(WARN|ERROR)\b|panicked/.test(line) && !line.includes('slow statement') ? lines.slice(at, at + 6) : []));
  assert.deepEqual(complaints, []);
});
