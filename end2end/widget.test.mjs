// The widget on a page of another origin, as visitors have it: by keyboard, small, mirrored, dark, offline, in two tabs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newPage, visit } from './support/browser.mjs';
import { session, startDemo } from './support/demo.mjs';
import { openWidget, say } from './support/member.mjs';
import { startSite } from './support/site.mjs';

let demo, site, owner;
before(async () => {
  [demo, site] = await Promise.all([startDemo(), startSite()]);
  owner = await session(demo);
});
after(async () => {
  await site?.stop();
  await demo?.stop();
});

const shop = () => `${site.url}/shop?widget=${encodeURIComponent(demo.server.url)}&channel=${demo.key}`;
const launcher = (page) => page.getByRole('button', { name: /chat/i });
const field = (widget) => widget.getByPlaceholder('Write a message…');
const answer = (widget, text) => widget.locator('.message.theirs', { hasText: text }).first();
const frameOf = (page) => page.frames().find((frame) => frame !== page.mainFrame());
const open = (page) => openWidget(page, demo.server, site, demo.key);
// The browser of these tests keeps nothing for frames of another site; those of the same site share what is kept.
const openNear = (page) => openWidget(page, demo.server, { url: site.url.replace('localhost', '127.0.0.1') }, demo.key);
const own = (widget, text) => widget.locator('.message.own', { hasText: text });
const sent = (widget, text) => own(widget, text).getByText(/Sent|Seen/).waitFor();
const isSession = (message) => message.url().endsWith('/widget/api/session');
const isFrame = (url) => url.pathname === `/widget/${demo.key}`;
const pick = async (widget, entry) => {
  await widget.getByRole('button', { name: 'Menu' }).click();
  await widget.getByRole('menuitem', { name: entry }).click();
};

test('keys are enough, from the button to an answer, its source and back to the page', async () => {
  const page = await newPage(demo.browser);
  await page.goto(shop());
  await launcher(page).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const widget = page.frameLocator('iframe');
  await field(widget).waitFor();
  assert.equal(await launcher(page).first().getAttribute('aria-expanded'), 'true');
  await frameOf(page).waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
  await page.keyboard.type('How much does delivery cost?');
  await page.keyboard.press('Enter');
  const source = widget.getByRole('button', { name: /^Source 1/ }).first();
  await source.waitFor({ timeout: 60_000 });
  await source.focus();
  await page.keyboard.press('Enter');
  await widget.locator('mark').waitFor();
  await page.keyboard.press('Escape');
  await widget.locator('mark').waitFor({ state: 'hidden' });
  await page.keyboard.press('Escape');
  await page.locator('#panel').waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => document.querySelector('#biseda-widget').shadowRoot.activeElement?.className), 'launcher');
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('on a phone it fills the screen, holds the focus and covers nothing but it', async () => {
  const page = await newPage(demo.browser, { viewport: { width: 320, height: 640 }, hasTouch: true });
  const widget = await open(page);
  const box = await page.locator('#panel').boundingBox();
  assert.deepEqual([box.x, box.y, box.width, box.height], [0, 0, 320, 640]);
  const frame = frameOf(page);
  assert.equal(await frame.evaluate(() => document.documentElement.scrollWidth), 320);
  await say(widget, `A long word: ${'x'.repeat(200)}`);
  await widget.locator('.message.own').first().waitFor();
  assert.equal(await frame.evaluate(() => document.documentElement.scrollWidth), 320);
  const small = await frame.evaluate(() => [...document.querySelectorAll('button')].filter((button) => button.checkVisibility() && !button.closest('.text,.meta'))
    .map((button) => [button.getAttribute('aria-label') ?? button.textContent, button.getBoundingClientRect()])
    .filter(([, { width, height }]) => width < 40 || height < 36).map(([name]) => name));
  assert.deepEqual(small, []);
  // Tab goes round inside.
  for (let step = 0; step < 12; step++) await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'biseda-widget');
  // Turned, it stands beside the page again, and back.
  const covers = () => page.evaluate(() => [
    document.querySelector('#biseda-widget').shadowRoot.querySelector('#panel').getAttribute('aria-modal'),
    document.documentElement.style.overflow,
  ]);
  assert.deepEqual(await covers(), ['true', 'hidden']);
  await page.setViewportSize({ width: 640, height: 320 });
  await page.waitForFunction(() => document.documentElement.style.overflow === '');
  assert.deepEqual(await covers(), ['false', '']);
  await page.setViewportSize({ width: 320, height: 640 });
  await page.waitForFunction(() => document.documentElement.style.overflow === 'hidden');
  assert.deepEqual(await covers(), ['true', 'hidden']);
  await page.context().close();
});

test('on a phone a chat that does not load can be closed', async () => {
  const page = await newPage(demo.browser, { viewport: { width: 320, height: 640 }, hasTouch: true });
  await page.route(isFrame, (route) => route.fulfill({ status: 502, body: 'Bad gateway' }));
  await page.goto(shop());
  await launcher(page).click();
  await page.frameLocator('iframe').getByText('Bad gateway').waitFor();
  await launcher(page).click();
  await page.locator('#panel').waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => document.documentElement.style.overflow), '');
  // Opened again, it is tried again.
  await page.unroute(isFrame);
  await launcher(page).click();
  await field(page.frameLocator('iframe')).waitFor();
  await page.context().close();
  // One that has loaded has its own button.
  const next = await newPage(demo.browser, { viewport: { width: 320, height: 640 }, hasTouch: true });
  const widget = await open(next);
  await widget.getByRole('button', { name: 'Close' }).waitFor();
  await next.locator('.launcher').waitFor({ state: 'hidden' });
  await next.context().close();
});

for (const status of [429, 503]) {
  test(`the button is there also when the server answers ${status} for its look`, async () => {
    const page = await newPage(demo.browser);
    const error = { code: 'unavailable', message: 'later', details: [] };
    const headers = { 'access-control-allow-origin': '*' };
    await page.route('**/widget/api/appearance/*', (route) => route.fulfill({ status, headers, json: { success: false, error } }));
    await open(page);
    await page.context().close();
  });
}

test("a page's rules for all that stands in it do not concern the button", async () => {
  const page = await newPage(demo.browser);
  await page.goto(shop());
  const before = await launcher(page).boundingBox();
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('body > div { display: block; position: relative; transform: translateX(-300px); opacity: 0.1 }');
    document.adoptedStyleSheets = [sheet];
  });
  assert.deepEqual(await launcher(page).boundingBox(), before);
  const host = await page.evaluate(() => {
    const { opacity, colorScheme } = getComputedStyle(document.querySelector('#biseda-widget'));
    return [opacity, colorScheme];
  });
  assert.deepEqual(host, ['1', 'light dark']);
  await page.context().close();
});

test('text is pasted as text, also from a spreadsheet, and files as files', async () => {
  const page = await newPage(demo.browser);
  const widget = await open(page);
  const takes = (text, file) => field(widget).evaluate((element, { text, file }) => {
    const data = new DataTransfer();
    if (text) data.setData('text/plain', text);
    data.items.add(new File(['offer'], file, { type: 'text/plain' }));
    return !element.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data }));
  }, { text, file });
  assert.equal(await takes('Tent\t900', 'image.txt'), false);
  assert.equal(await widget.locator('.uploads li').count(), 0);
  assert.equal(await takes('', 'shot.txt'), true);
  await widget.locator('.uploads li', { hasText: 'shot.txt' }).waitFor();
  await page.context().close();
});

test('on a right-to-left page it stands at the other side and mirrors', async () => {
  const page = await newPage(demo.browser);
  await page.goto(shop());
  await page.evaluate(() => (document.documentElement.dir = 'rtl'));
  await launcher(page).click();
  const widget = page.frameLocator('iframe');
  await field(widget).waitFor();
  const button = await launcher(page).first().boundingBox();
  assert.ok(button.x < 100, 'the button is at the left');
  assert.equal(await widget.locator('html').getAttribute('dir'), 'rtl');
  await say(widget, 'Hello');
  const [left, right] = await widget.locator('.message.own .bubble').first().evaluate((bubble) => {
    const box = bubble.getBoundingClientRect();
    return [box.left, document.documentElement.clientWidth - box.right];
  });
  assert.ok(left < right, 'own messages are at the left');
  await page.context().close();
});

test('the button speaks the language that the page names, as the conversation does', async () => {
  const page = await newPage(demo.browser);
  const asked = page.waitForRequest('**/widget/api/appearance/*');
  await page.goto(`${shop()}&language=sq`);
  assert.equal(new URL((await asked).url()).searchParams.get('lang'), 'sq');
  assert.equal(await page.locator('#biseda-widget').getAttribute('lang'), 'sq');
  await page.locator('.launcher').click();
  await page.frameLocator('iframe').locator('textarea').waitFor();
  assert.equal(await page.frameLocator('iframe').locator('html').getAttribute('lang'), 'sq');
  await page.context().close();
});

test('dark, and without motion for those who want none', async () => {
  const page = await newPage(demo.browser, { colorScheme: 'dark', reducedMotion: 'reduce' });
  await open(page);
  const [background, moving] = await frameOf(page).evaluate(() => [
    getComputedStyle(document.body).backgroundColor,
    [...document.querySelectorAll('*')].filter((element) => {
      const { animationName, animationDuration, transitionDuration } = getComputedStyle(element);
      return (animationName !== 'none' && parseFloat(animationDuration) > 0.01) || parseFloat(transitionDuration) > 0.01;
    }).length,
  ]);
  const light = background.match(/[\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
  assert.ok(light < 150, `the background is ${background}`);
  assert.equal(moving, 0, 'something moves');
  await page.context().close();
});

test('a reload keeps the conversation; a second tab is in step with the first', async () => {
  const page = await newPage(demo.browser);
  let widget = await open(page);
  await say(widget, 'Which tents can I rent?');
  await widget.getByRole('button', { name: /^Source 1/ }).first().waitFor({ timeout: 60_000 });
  await page.reload();
  await launcher(page).click();
  widget = page.frameLocator('iframe');
  await widget.locator('.message.own', { hasText: 'Which tents can I rent?' }).waitFor();
  assert.equal(await widget.locator('.message.own').count(), 1);

  const second = await page.context().newPage();
  const other = await open(second);
  await other.locator('.message.own', { hasText: 'Which tents can I rent?' }).waitFor();
  await say(other, 'And boots?');
  await widget.locator('.message.own', { hasText: 'And boots?' }).waitFor();
  await pick(other, 'End conversation');
  await widget.getByText('This conversation has ended.').waitFor();
  await widget.getByRole('button', { name: 'Start a new conversation' }).click();
  await other.locator('.message.own').first().waitFor({ state: 'detached' });
  await field(other).waitFor();
  assert.equal(await widget.locator('.message.own').count(), 0);
  await page.context().close();
});

test('what is written offline is sent once when the connection is back', async () => {
  const page = await newPage(demo.browser);
  const widget = await open(page);
  await say(widget, 'Before the tunnel');
  await widget.locator('.message.own', { hasText: 'Before the tunnel' }).getByText(/Sent|Seen/).waitFor();
  await page.context().setOffline(true);
  await say(widget, 'Inside the tunnel');
  await widget.locator('.message.queued', { hasText: 'Inside the tunnel' }).waitFor();
  await widget.getByText('You are offline.', { exact: false }).waitFor();
  await page.reload().catch(() => {});
  await page.context().setOffline(false);
  await page.goto(shop());
  await launcher(page).click();
  const again = page.frameLocator('iframe');
  const own = again.locator('.message.own', { hasText: 'Inside the tunnel' });
  await own.getByText(/Sent|Seen/).waitFor();
  assert.equal(await own.count(), 1);
  const member = await newPage(demo.browser, owner);
  await visit(member, `${demo.server.url}/app/inbox?list=all`);
  await member.locator('.inbox-rows li a').first().click();
  await member.getByRole('log').getByText('Inside the tunnel').waitFor();
  assert.equal(await member.getByRole('log').getByText('Inside the tunnel').count(), 1);
  await member.context().close();
  await page.context().close();
});

test('the next page sends what the last one could not, without being opened', async () => {
  const page = await newPage(demo.browser);
  await page.route('**/widget/api/messages', (route) => route.abort());
  const widget = await open(page);
  await say(widget, 'My very first words');
  await widget.locator('.message.queued', { hasText: 'My very first words' }).waitFor();
  await page.unroute('**/widget/api/messages');
  const sending = page.waitForRequest('**/widget/api/messages');
  await page.goto(shop());
  assert.equal((await sending).postDataJSON().content, 'My very first words');
  assert.equal(await page.locator('#panel').isVisible(), false);
  await page.context().close();
});

test('where the browser keeps nothing for it, a tab does not lose what another one has not sent', async () => {
  const page = await newPage(demo.browser);
  const tab = await page.context().newPage();
  // Loaded before the message is written, so that it does not know it.
  const other = await open(tab);
  await page.route('**/widget/api/messages', (route) => route.abort());
  const widget = await open(page);
  await say(widget, 'Not to be lost');
  await widget.locator('.message.queued', { hasText: 'Not to be lost' }).waitFor();
  await field(other).fill('Something else');
  await tab.waitForFunction(() => Object.values(localStorage).some((kept) => kept.includes('Something else')));
  await page.reload();
  await launcher(page).click();
  await own(widget, 'Not to be lost').waitFor();
  await page.context().close();
});

test('what two tabs write at the same moment is all sent', async () => {
  const page = await newPage(demo.browser);
  const context = page.context();
  const widget = await openNear(page);
  await say(widget, 'Before the tunnel');
  await sent(widget, 'Before the tunnel');
  const second = await context.newPage();
  const other = await openNear(second);
  await own(other, 'Before the tunnel').waitFor();
  await context.setOffline(true);
  // As in a browser whose tabs do not see at once what the others write.
  await frameOf(second).evaluate(() => {
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = function (...item) {
      setTimeout(() => setItem.apply(this, item), 1000);
    };
  });
  await say(other, 'From the second tab');
  await say(widget, 'From the first tab');
  await own(widget, 'From the first tab').waitFor();
  await frameOf(page).waitForFunction(() => Object.values(localStorage).some((item) => item.includes('From the second tab')));
  await context.setOffline(false);
  for (const tab of [widget, other]) {
    for (const text of ['From the second tab', 'From the first tab']) {
      const message = tab.locator('.message.own:not(.queued)', { hasText: text });
      await message.waitFor();
      assert.equal(await message.count(), 1);
    }
  }
  await context.close();
});

test('a browser that slept misses nothing', async () => {
  const page = await newPage(demo.browser);
  // Sockets of this page can be cut without telling either side, as a sleep does.
  const routes = [];
  await page.routeWebSocket(/\/widget\/api\/live/, (route) => {
    const server = route.connectToServer();
    const line = { cut: false };
    route.onMessage((message) => line.cut || server.send(message));
    server.onMessage((message) => line.cut || route.send(message));
    routes.push(line);
  });
  await page.clock.install();
  const widget = await open(page);
  await say(widget, 'I would like to talk to a person.');
  await answer(widget, /person/).waitFor({ timeout: 60_000 });
  for (const line of routes) line.cut = true;
  const member = await newPage(demo.browser, owner);
  await visit(member, `${demo.server.url}/app/inbox?list=all`);
  await member.locator('.inbox-rows li a').first().click();
  for (const text of ['Good morning, I am Arta.', 'Are you still there?']) {
    await member.getByRole('textbox', { name: 'Reply text' }).fill(text);
    await member.keyboard.press('Control+Enter');
    await member.locator('.message', { hasText: text }).getByText('Sent').waitFor();
  }
  assert.equal(await widget.getByText('Good morning, I am Arta.').count(), 0, 'the socket was cut');
  await page.clock.fastForward('01:00:00');
  await page.clock.runFor(10_000);
  for (const text of ['Good morning, I am Arta.', 'Are you still there?']) {
    await widget.getByText(text).waitFor();
    assert.equal(await widget.getByText(text).count(), 1);
  }
  await member.context().close();
  await page.context().close();
});

test('a file goes along, and opens for the member', async () => {
  const page = await newPage(demo.browser);
  const widget = await open(page);
  await widget.locator('input[type=file]').setInputFiles({ name: 'receipt.txt', mimeType: 'text/plain', buffer: Buffer.from('LO-20417') });
  await widget.locator('.upload', { hasText: 'receipt.txt' }).locator('progress').waitFor({ state: 'detached' });
  await say(widget, 'Here is my receipt');
  await widget.locator('.message.own', { hasText: 'receipt.txt' }).getByText(/Sent|Seen/).waitFor();
  const member = await newPage(demo.browser, owner);
  await visit(member, `${demo.server.url}/app/inbox?list=all`);
  await member.locator('.inbox-rows li a').first().click();
  const file = member.getByRole('log').getByRole('link', { name: /receipt\.txt/ });
  await file.waitFor();
  const href = await file.getAttribute('href');
  assert.equal(await member.evaluate(async (href) => (await fetch(href)).text(), href), 'LO-20417');
  await member.context().close();
  await page.context().close();
});

test('a chat that is switched off says so, loses nothing and comes back', async () => {
  const member = await newPage(demo.browser, { ...owner, javaScriptEnabled: false });
  const channel = async (isActive) => {
    await member.goto(`${demo.server.url}/app/channels`);
    await member.locator('main li a').first().click();
    await member.getByLabel('Active').setChecked(isActive);
    await Promise.all([member.waitForEvent('load'), member.getByRole('button', { name: 'Save channel' }).click()]);
    assert.equal(await member.getByLabel('Active').isChecked(), isActive);
  };
  const page = await newPage(demo.browser);
  const widget = await open(page);
  await say(widget, 'Before the break');
  await widget.locator('.message.own', { hasText: 'Before the break' }).getByText(/Sent|Seen/).waitFor();
  await channel(false);
  await widget.getByText('This chat is currently closed.').waitFor();
  await channel(true);
  await widget.getByRole('button', { name: 'Retry' }).click();
  await widget.getByText('This chat is currently closed.').waitFor({ state: 'hidden' });
  await say(widget, 'After the break');
  await widget.locator('.message.own', { hasText: 'After the break' }).getByText(/Sent|Seen/).waitFor();
  assert.equal(await widget.locator('.message.own', { hasText: 'Before the break' }).count(), 1);
  await member.context().close();
  await page.context().close();
});

test('when nobody is there it asks for an address', async () => {
  const member = await newPage(demo.browser, owner);
  await visit(member, `${demo.server.url}/app/settings/members`);
  const saved = member.waitForResponse((response) => /set_availability/.test(response.url()));
  await member.getByLabel('Your availability').selectOption('away');
  await saved;
  const page = await newPage(demo.browser);
  const widget = await open(page);
  await pick(widget, 'Talk to a person');
  await say(widget, 'Please write to me');
  const email = widget.getByLabel(/At which e-mail address can we reach you/);
  await email.fill('not an address');
  await widget.getByRole('button', { name: 'Save' }).click();
  await widget.getByText('Enter a valid e-mail address', { exact: false }).waitFor();
  await email.fill('visitor@example.com');
  await widget.getByRole('button', { name: 'Save' }).click();
  await widget.getByText('You left your e-mail address', { exact: false }).waitFor();
  await email.waitFor({ state: 'hidden' });
  await frameOf(page).waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
  await member.getByLabel('Your availability').selectOption('online');
  await member.context().close();
  await page.context().close();
});

test('the page steers it through its JavaScript interface', async () => {
  const page = await newPage(demo.browser);
  await page.goto(shop());
  await launcher(page).waitFor();
  await page.evaluate(() => {
    window.heard = [];
    for (const name of ['ready', 'opened', 'closed', 'message', 'unread', 'error'])
      window.biseda.on(name, (detail) => window.heard.push([name, detail]));
    window.biseda.open();
  });
  const widget = page.frameLocator('iframe');
  await field(widget).waitFor();
  await page.evaluate(() => {
    window.biseda.identify({ name: 'Api Anna', email: 'anna@example.com' });
    window.biseda.setAttributes({ plan: 'gold' });
  });
  await say(widget, 'How do I send something back?');
  await widget.getByRole('button', { name: /^Source 1/ }).first().waitFor({ timeout: 60_000 });
  await page.waitForFunction(() => window.heard.some(([name, detail]) => name === 'message' && detail.author_type === 'agent' && detail.content));
  const heard = await page.evaluate(() => window.heard.map(([name]) => name));
  assert.ok(heard.includes('ready') && heard.includes('opened'));
  assert.ok(!heard.includes('error'), JSON.stringify(await page.evaluate(() => window.heard)));
  await page.evaluate(() => window.biseda.toggle());
  await page.locator('#panel').waitFor({ state: 'hidden' });
  await page.evaluate(() => window.biseda.toggle());
  await page.locator('#panel').waitFor();
  await page.evaluate(() => window.biseda.close());
  await page.locator('#panel').waitFor({ state: 'hidden' });

  const member = await newPage(demo.browser, owner);
  await visit(member, `${demo.server.url}/app/contacts?q=anna`);
  await member.getByRole('link', { name: 'Api Anna' }).click();
  const plan = member.getByRole('textbox', { name: 'plan' });
  await plan.waitFor();
  assert.equal(await plan.inputValue(), 'gold');
  await member.context().close();

  await page.evaluate(() => {
    window.biseda.reset();
    window.biseda.open();
  });
  await widget.locator('.message.own').first().waitFor({ state: 'detached' });
  await page.context().close();
});

test('what goes away leaves the focus with the field, and Escape closes from everywhere', async () => {
  const page = await newPage(demo.browser);
  const widget = await open(page);
  const inField = () => frameOf(page).waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
  const press = async (button) => {
    await button.focus();
    await page.keyboard.press('Enter');
    await inField();
  };
  // A suggestion; its message is refused twice, and taken back.
  const refuse = (route) => route.fulfill({ status: 422, json: { success: false, error: { code: 'invalid', message: 'no', details: [] } } });
  await page.route('**/widget/api/messages', refuse);
  await press(widget.locator('.reply').first());
  const failed = widget.locator('.message.failed');
  await failed.getByRole('button', { name: 'Retry' }).waitFor();
  await press(failed.getByRole('button', { name: 'Retry' }));
  await failed.waitFor();
  await press(failed.getByRole('button', { name: 'Discard' }));
  await page.unroute('**/widget/api/messages');
  // What did not work, and is tried again.
  await page.route('**/widget/api/person', (route) => route.abort(), { times: 1 });
  await pick(widget, 'Talk to a person');
  const retry = widget.locator('.notice').getByRole('button', { name: 'Retry' });
  await retry.waitFor();
  const answered = page.waitForResponse('**/widget/api/person');
  await press(retry);
  const { authorization } = (await answered).request().headers();
  // The field itself, when the conversation is ended elsewhere, and the way back to it.
  await field(widget).focus();
  await fetch(`${demo.server.url}/widget/api/end`, { method: 'POST', headers: { authorization } });
  await frameOf(page).waitForFunction(() => document.activeElement?.closest('.closed'));
  await press(widget.getByRole('button', { name: 'Start a new conversation' }));
  await frameOf(page).evaluate(() => document.activeElement.blur());
  await page.keyboard.press('Escape');
  await page.locator('#panel').waitFor({ state: 'hidden' });
  await page.context().close();
});

test('what was read aloud is not read again, and earlier messages are not read at all', async () => {
  const page = await newPage(demo.browser);
  let widget = await open(page);
  await say(widget, 'The first of two');
  await sent(widget, 'The first of two');
  const first = await own(widget, 'The first of two').elementHandle();
  await say(widget, 'The second of two');
  await sent(widget, 'The second of two');
  await own(widget, 'The first of two').getByText(/Sent|Seen/).waitFor({ state: 'detached' });
  assert.ok(await first.evaluate((element) => element.isConnected), 'the note under it is new, and nothing else');
  // One more page of messages, before the first.
  let oldest;
  await page.route('**/widget/api/session', async (route) => {
    const answer = await route.fetch();
    const json = await answer.json();
    [oldest] = json.data.conversation.messages;
    json.data.conversation.messages.forEach((message) => (message.seq += 1));
    json.data.conversation.has_more = true;
    await route.fulfill({ response: answer, json });
  });
  await page.route('**/widget/api/messages?*', async (route) => {
    await frameOf(page).evaluate(() => {
      const list = document.querySelector('.list');
      new MutationObserver(() => (window.insertion ??= list.getAttribute('aria-live'))).observe(list, { childList: true });
    });
    const earlier = { ...oldest, id: crypto.randomUUID(), client_id: crypto.randomUUID(), seq: 1, content: 'Long ago', html: null };
    await route.fulfill({ json: { success: true, data: { messages: [earlier], has_more: false } } });
  });
  await page.routeWebSocket(/\/widget\/api\/live/, () => {});
  widget = await open(page);
  await own(widget, 'The second of two').waitFor();
  // To the top, however long the answers are.
  await widget.locator('.scroller').evaluate((scroller) => {
    scroller.scrollTop = 0;
    scroller.dispatchEvent(new Event('scroll'));
  });
  await own(widget, 'Long ago').waitFor();
  assert.equal(await frameOf(page).evaluate(() => window.insertion), 'off');
  await widget.locator('.list[aria-live=polite]').waitFor();
  await page.context().close();
});

test('what comes with the whole conversation is marked as read, too', async () => {
  const page = await newPage(demo.browser);
  // In place of each event the server asks to load anew, as after a long break.
  await page.routeWebSocket(/\/widget\/api\/live/, (route) => {
    const server = route.connectToServer();
    server.onMessage((message) => {
      const { event } = JSON.parse(message);
      route.send(event ? JSON.stringify({ reload: { cursor: event.position } }) : message);
    });
  });
  const widget = await open(page);
  await pick(widget, 'Talk to a person');
  await say(widget, 'Is anybody there?');
  await sent(widget, 'Is anybody there?');
  const member = await newPage(demo.browser, owner);
  await visit(member, `${demo.server.url}/app/inbox?list=all`);
  await member.locator('.inbox-rows li a').first().click();
  await member.getByRole('textbox', { name: 'Reply text' }).fill('I am, good day.');
  await member.keyboard.press('Control+Enter');
  await answer(widget, 'I am, good day.').waitFor();
  await member.locator('.message', { hasText: 'I am, good day.' }).getByText('Read').waitFor();
  await member.context().close();
  await page.context().close();
});

test('an agent that is still at work when a person takes over is not heard any more', async () => {
  const page = await newPage(demo.browser);
  let line;
  await page.routeWebSocket(/\/widget\/api\/live/, (route) => {
    line = route;
    const server = route.connectToServer();
    server.onMessage((message) => JSON.parse(message).signal || route.send(message));
  });
  const widget = await open(page);
  await pick(widget, 'Talk to a person');
  await say(widget, 'Is anybody there?');
  await sent(widget, 'Is anybody there?');
  const signal = (kind, detail) => line.send(JSON.stringify({ signal: { [kind]: detail } }));
  const shown = () => frameOf(page).evaluate(() => [...document.querySelectorAll('.draft, .typing')].filter((element) => !element.hidden).map((element) => element.textContent));
  signal('owner_changed', { owner: 'member', name: 'Ben' });
  signal('draft', { message_id: 'one', html: '<p>As I was saying</p>' });
  signal('agent_thinking', {});
  await widget.locator('.subtitle', { hasText: 'Ben' }).waitFor();
  assert.deepEqual(await shown(), []);
  // An agent that has the conversation is heard.
  signal('owner_changed', { owner: 'agent', name: null });
  signal('draft', { message_id: 'one', html: '<p>As I was saying</p>' });
  await widget.locator('.draft', { hasText: 'As I was saying' }).waitFor();
  await page.context().close();
});

test('who says on each page who the visitor is disturbs no other tab', async () => {
  const page = await newPage(demo.browser);
  const widget = await open(page);
  await say(widget, 'I am signed in');
  await sent(widget, 'I am signed in');
  const identify = async () => {
    const answered = page.waitForResponse('**/widget/api/identify');
    await page.evaluate(() => window.biseda.identify({ name: 'Vera Visitor', email: 'vera@example.com' }));
    await (await answered).finished();
  };
  await identify();
  const tab = await page.context().newPage();
  const other = await open(tab);
  await own(other, 'I am signed in').waitFor();
  const begun = [];
  tab.on('request', (request) => isSession(request) && begun.push(request.url()));
  for (const each of [page, tab]) each.on('websocket', (socket) => begun.push(socket.url()));
  await identify();
  await say(widget, 'As on each page');
  await own(other, 'As on each page').waitFor();
  assert.deepEqual(begun, []);
  await page.context().close();
});

test('of what a page says in a row about the visitor, the last counts', async () => {
  const page = await newPage(demo.browser);
  await open(page);
  const [told, held] = [[], []];
  await page.route('**/widget/api/identify', async (route) => {
    told.push(route.request().postDataJSON().name);
    if (told.length === 1) await new Promise((done) => held.push(done)); // overtaken by the others, if it can be
    await route.continue();
  });
  await page.evaluate(() => ['First', 'Second', 'Third'].forEach((name) => window.biseda.identify({ name })));
  await page.waitForTimeout(500);
  assert.deepEqual(told, ['First']);
  held[0]();
  while (told.length < 3) await page.waitForTimeout(50);
  assert.deepEqual(told, ['First', 'Second', 'Third']);
  await page.context().close();
});

test('a reset right at the start of a page keeps the earlier conversation away', async () => {
  const page = await newPage(demo.browser);
  await say(await open(page), 'For the first person only');
  await sent(page.frameLocator('iframe'), 'For the first person only');
  // The answer with the earlier conversation comes last of all.
  let late;
  await page.route('**/widget/api/session', (route) => (late ? route.continue() : (late = route)));
  const asked = page.waitForRequest(isSession);
  await page.reload();
  await asked;
  const next = page.waitForResponse(isSession);
  await page.evaluate(() => window.biseda.reset());
  assert.equal((await next).request().postDataJSON().token, null, 'a new visitor has no token yet');
  const earlier = page.waitForResponse(isSession);
  await late.continue();
  await (await earlier).finished();
  await launcher(page).click();
  const widget = page.frameLocator('iframe');
  await say(widget, 'From the next person');
  await sent(widget, 'From the next person');
  assert.equal(await widget.locator('.message.own').count(), 1);
  // What was kept is the next person's, too.
  await page.unroute('**/widget/api/session');
  const second = await page.context().newPage();
  const other = await open(second);
  await own(other, 'From the next person').waitFor();
  assert.equal(await other.locator('.message.own').count(), 1);
  await page.context().close();
});

for (const [where, openThere] of [['that keeps things for frames', openNear], ['that keeps nothing for them', open]]) {
  test(`a reset on a page that is left at once is done on the next one, in a browser ${where}`, async () => {
    const page = await newPage(demo.browser);
    await say(await openThere(page), 'For the first person only');
    await sent(page.frameLocator('iframe'), 'For the first person only');
    await page.route('**/widget/api/appearance/*', () => {});
    await page.reload();
    await page.waitForFunction(() => window.biseda?.loaded);
    await page.evaluate(() => window.biseda.reset());
    await page.unrouteAll();
    const next = page.waitForRequest((request) => isSession(request) && request.postDataJSON().token === null);
    await page.reload();
    await next;
    await page.waitForFunction(() => !Object.keys(localStorage).some((name) => name.endsWith(':reset')));
    await launcher(page).click();
    const widget = page.frameLocator('iframe');
    await say(widget, 'From the next person');
    await sent(widget, 'From the next person');
    assert.equal(await widget.locator('.message.own').count(), 1);
    await page.context().close();
  });
}

test('a reset in one tab begins anew in all of them', async () => {
  const page = await newPage(demo.browser);
  const widget = await open(page);
  await say(widget, 'For the first person only');
  await sent(widget, 'For the first person only');
  const other = await open(await page.context().newPage());
  await own(other, 'For the first person only').waitFor();
  const next = page.waitForRequest(isSession);
  await page.evaluate(() => window.biseda.reset());
  assert.equal((await next).postDataJSON().token, null, 'a new visitor has no token yet');
  for (const tab of [widget, other]) await tab.locator('.message.own').first().waitFor({ state: 'detached' });
  await say(other, 'From the next person');
  for (const tab of [other, widget]) await own(tab, 'From the next person').waitFor();
  await say(widget, 'And once more');
  for (const tab of [widget, other]) {
    await own(tab, 'And once more').waitFor();
    assert.equal(await tab.locator('.message.own').count(), 2);
  }
  await sent(widget, 'And once more');
  // So the server has it, too.
  const again = await open(page);
  for (const text of ['From the next person', 'And once more']) await own(again, text).waitFor();
  assert.equal(await again.locator('.message.own').count(), 2);
  await page.context().close();
});

test('what is written in another tab before a reset has found its next visitor is that visitor\'s', async () => {
  const page = await newPage(demo.browser);
  const context = page.context();
  const widget = await open(page);
  await say(widget, 'For the first person only');
  await sent(widget, 'For the first person only');
  const other = await open(await context.newPage());
  await own(other, 'For the first person only').waitFor();
  const slowly = async (route) => {
    await new Promise((done) => setTimeout(done, 1500));
    await route.continue();
  };
  await context.route('**/widget/api/session', slowly, { times: 1 });
  await page.evaluate(() => window.biseda.reset());
  await own(other, 'For the first person only').waitFor({ state: 'detached' });
  await say(other, 'From the next person');
  for (const tab of [other, widget]) await own(tab, 'From the next person').waitFor();
  await context.close();
});

test('a tab goes on by itself when the one that was reset is closed before it could begin anew', async () => {
  const page = await newPage(demo.browser);
  const context = page.context();
  const widget = await open(page);
  await say(widget, 'For the first person only');
  await sent(widget, 'For the first person only');
  const tab = await context.newPage();
  const other = await open(tab);
  await own(other, 'For the first person only').waitFor();
  await context.route('**/widget/api/session', (route) => route.abort());
  await page.evaluate(() => window.biseda.reset());
  await own(other, 'For the first person only').waitFor({ state: 'detached' });
  await page.close();
  await context.unroute('**/widget/api/session');
  const begins = tab.waitForRequest(isSession);
  await frameOf(tab).evaluate(() => dispatchEvent(new Event('online')));
  assert.equal((await begins).postDataJSON().token, null, 'of the earlier visitor nothing is left');
  await context.close();
});

test('what was typed and attached is gone after a reset, and stays gone', async () => {
  const page = await newPage(demo.browser);
  let widget = await open(page);
  await field(widget).fill('Half a secret');
  await widget.locator('input[type=file]').setInputFiles({ name: 'receipt.txt', mimeType: 'text/plain', buffer: Buffer.from('LO-20417') });
  await widget.locator('.upload', { hasText: 'receipt.txt' }).locator('progress').waitFor({ state: 'detached' });
  await page.evaluate(() => window.biseda.reset());
  await frameOf(page).waitForFunction(() => document.querySelector('textarea').value === '');
  assert.equal(await widget.locator('.upload').count(), 0);
  widget = await open(page);
  assert.equal(await field(widget).inputValue(), '');
  await page.context().close();
});

test('a file that could not be uploaded stays, and goes with a later message', async () => {
  const page = await newPage(demo.browser);
  const widget = await open(page);
  await page.route('**/widget/api/uploads', (route) => route.abort(), { times: 1 });
  await widget.locator('input[type=file]').setInputFiles({ name: 'receipt.txt', mimeType: 'text/plain', buffer: Buffer.from('LO-20417') });
  await widget.locator('.upload.failed', { hasText: 'receipt.txt' }).waitFor();
  await say(widget, 'My receipt does not go through');
  await sent(widget, 'My receipt does not go through');
  assert.equal(await own(widget, 'receipt.txt').count(), 0);
  await widget.getByRole('button', { name: 'Retry: receipt.txt' }).click();
  await widget.locator('.upload', { hasText: 'receipt.txt' }).locator('progress').waitFor({ state: 'detached' });
  await say(widget, 'Now it does');
  await own(widget, 'Now it does').filter({ hasText: 'receipt.txt' }).getByText(/Sent|Seen/).waitFor();
  assert.equal(await widget.locator('.upload').count(), 0);
  await page.context().close();
});

test('what the server refuses is said in the visitor\'s language', async () => {
  const page = await newPage(demo.browser);
  await page.goto(`${demo.server.url}/widget/${demo.key}?lang=sq`);
  await page.locator('input[type=file]').setInputFiles({ name: 'setup.exe', mimeType: 'text/plain', buffer: Buffer.from('MZ\0\0') });
  await page.locator('.upload.failed', { hasText: 'Skedarë të këtij lloji nuk pranohen' }).waitFor();
  await page.context().close();
});

test('more files than go with one message are not dropped in silence', async () => {
  const page = await newPage(demo.browser);
  const widget = await open(page);
  const files = Array.from({ length: 11 }, (_, at) => ({ name: `page-${at}.txt`, mimeType: 'text/plain', buffer: Buffer.from('page') }));
  // Nothing is uploaded for this.
  await page.route('**/widget/api/uploads', (route) => route.abort());
  await widget.locator('input[type=file]').setInputFiles(files);
  await widget.getByText('A message can have at most 10 files.').waitFor();
  assert.equal(await widget.locator('.upload').count(), 10);
  await widget.getByRole('button', { name: 'Dismiss' }).click();
  await widget.getByText('A message can have at most 10 files.').waitFor({ state: 'hidden' });
  await frameOf(page).waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
  await page.context().close();
});

test('a session that could not be made is tried again by itself', async () => {
  const page = await newPage(demo.browser);
  await page.route('**/widget/api/session', (route) => route.fulfill({ status: 503 }), { times: 1 });
  const answered = (status) => page.waitForResponse((response) => isSession(response) && response.status() === status);
  const both = Promise.all([answered(503), answered(200)]);
  const widget = await open(page);
  await both;
  await widget.getByText('Reconnecting').waitFor({ state: 'hidden' });
  await say(widget, 'Here at last');
  await sent(widget, 'Here at last');
  await page.context().close();
});

test('unread answers are counted on the button and announced', async () => {
  const page = await newPage(demo.browser);
  const widget = await open(page);
  await say(widget, 'I want to speak to a human, please.');
  await answer(widget, /person/).waitFor({ timeout: 60_000 });
  await page.keyboard.press('Escape');
  await page.locator('#panel').waitFor({ state: 'hidden' });
  const member = await newPage(demo.browser, owner);
  await visit(member, `${demo.server.url}/app/inbox?list=all`);
  await member.locator('.inbox-rows li a').first().click();
  await member.getByRole('textbox', { name: 'Reply text' }).fill('Here I am.');
  await member.keyboard.press('Control+Enter');
  await page.getByRole('button', { name: 'Open chat (1 unread)' }).waitFor();
  await launcher(page).click();
  await widget.getByText('Here I am.').waitFor();
  await member.locator('.message', { hasText: 'Here I am.' }).getByText('Read').waitFor();
  await member.context().close();
  await page.context().close();
});

test('a strict page is not disturbed: no violation of its policy, nothing moves', async () => {
  const page = await newPage(demo.browser);
  await page.addInitScript(() => {
    window.shifts = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.shifts += entry.value))).observe({ type: 'layout-shift', buffered: true });
    window.violations = [];
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => window.violations.push(`${violatedDirective} ${blockedURI}`));
  });
  await page.goto(shop());
  await launcher(page).waitFor();
  assert.equal(await page.locator('iframe').count(), 0, 'no frame before it is wanted');
  await launcher(page).click();
  await field(page.frameLocator('iframe')).waitFor();
  assert.deepEqual(await page.evaluate(() => [window.shifts, window.violations]), [0, []]);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});
