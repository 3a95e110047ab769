// Script in everything that visitors and members can fill, while others look on: it is shown as it was written, and never
// runs. One browser of either side obeys the pages' content policy, and one knows none, so that the pages stand alone.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { newPage, visit } from './support/browser.mjs';
import { addColleague, owner, session, startDemo } from './support/demo.mjs';
import { openWidget, say } from './support/member.mjs';
import { startSite } from './support/site.mjs';

const IMAGE = '<img src=x onerror="window.pwn=1">';
const MARKUP = [IMAGE, '<script>window.pwn=1</script>', '<svg onload=window.pwn=1>', '"><iframe srcdoc="<script>parent.pwn=1</script>">'];
const LINK = '[run](javascript:window.pwn=1)';
const PICTURE = '![look](https://evil.example/x.png)';
const ALL = [...MARKUP, LINK, PICTURE];
/** The colleague's. Visitors read what is before the first space. */
const NAME = '<svg/onload=window.pwn=1>';
const EMAIL = "'onfocus=window.pwn=1'@shop.example";
const QUESTION = 'How much does a new zipper cost?';

let demo, site, model, member, colleague, visitor, other, widget;
const faults = [];

before(async () => {
  [demo, site, model] = await Promise.all([startDemo(), startSite(), startModel(`One moment, I look. ${ALL.join(' ')} That is all [1].`)]);
  const [first, second] = [await session(demo), await addColleague(demo, 'admin')];
  member = await watch(await newPage(demo.browser, first));
  colleague = await watch(await newPage(demo.browser, { ...second, bypassCSP: true }));
  visitor = await watch(await newPage(demo.browser));
});
after(async () => {
  await model?.stop();
  await site?.stop();
  await demo?.stop();
});
afterEach(async () => {
  for (const page of [member, colleague, visitor, other]) if (page) await look(page);
  assert.deepEqual(faults.splice(0), []);
});

/** Notes the elements that a page has made of what was written. */
async function look(page) {
  for (const frame of page.frames()) {
    await frame.waitForLoadState();
    const made = frame.locator('[onerror], [onload], [srcdoc], [href^="javascript:" i], img[src$="x"], img[src*="evil"]').or(frame.locator('script:not([nonce], [type])', { hasText: 'pwn' }));
    const elements = await made.evaluateAll((all) => all.map((element) => element.outerHTML.slice(0, 200)));
    faults.push(...elements.map((element) => `${frame.url()}: ${element}`));
  }
}

/** Notes what script leaves behind in the pages of a context: a mark, a dialog, a request, an error, a refusal of the policy. */
async function watch(page) {
  const context = page.context();
  await context.addInitScript(() => {
    Object.defineProperty(window, 'pwn', { configurable: true, set: () => console.error('a script ran') });
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => console.error(`policy: ${violatedDirective} ${blockedURI}`));
  });
  context.on('console', (message) => {
    const isIcon = message.location().url.endsWith('/favicon.ico'); // which browsers ask for themselves
    if (message.type() === 'error' && !isIcon) faults.push(`${message.page()?.url()}: ${message.text()}`);
  });
  context.on('weberror', (error) => faults.push(String(error.error())));
  context.on('dialog', (dialog) => {
    faults.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  context.on('request', (request) => {
    const { protocol, host, pathname } = new URL(request.url());
    const isOurs = [demo.server.url, site.url].some((url) => new URL(url).host === host);
    if (protocol.startsWith('http') && (!isOurs || pathname.endsWith('/x'))) faults.push(`a request: ${request.url()}`);
  });
  return page;
}

/** Another browser of the visitor whose token this is: it has the widget in a window of its own and knows no policy. */
async function elsewhere(token) {
  const localStorage = [{ name: `biseda:${demo.key}:token`, value: JSON.stringify(token) }];
  const storageState = { cookies: [], origins: [{ origin: demo.server.url, localStorage }] };
  const page = await watch(await newPage(demo.browser, { bypassCSP: true, storageState }));
  await page.goto(`${demo.server.url}/widget/${demo.key}`);
  return page;
}

/** A language model (OpenAI's protocol) that says this, word by word, and comes to an end when it is told to. */
async function startModel(text) {
  let finish;
  const finished = new Promise((done) => (finish = done));
  const server = createServer(async (request, response) => {
    response.setHeader('content-type', 'text/event-stream');
    const tell = (delta, finish_reason = null) => response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
    for (const content of text.split(/(?<= )/)) {
      tell({ content });
      await pause(70);
    }
    await finished;
    tell({}, 'stop');
    response.end('data: [DONE]\n\n');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}/v1`, finish, stop: () => new Promise((done) => { server.closeAllConnections(); server.close(done); }) };
}

const at = (who, path) => visit(who, demo.server.url + path);
const both = (act) => Promise.all([member, colleague].map(act));
const row = (who, name) => who.locator('.inbox-rows').getByRole('link', { name }).first();
const thread = (who) => who.getByRole('log');
const field = (who, name) => who.getByRole('textbox', { name });
const press = (who, name) => who.getByRole('button', { name, exact: true }).click();
const follow = (who, name) => who.getByRole('link', { name, exact: true }).first().click();
const shows = (place, text) => place.getByText(text, { exact: true }).filter({ visible: true }).first().waitFor();
/** The widget, in both browsers of the visitor. */
const chats = (act) => Promise.all([widget, other].map(act));
/** Everybody's page and thread in it. */
const threads = () => [[member, thread(member)], [colleague, thread(colleague)], [visitor, thread(widget)], [other, thread(other)]];
const everywhere = (text) => Promise.all(threads().map(([, place]) => shows(place, text)));
const pick = async (widget, entry) => {
  await widget.getByRole('button', { name: 'Menu' }).click();
  await widget.getByRole('menuitem', { name: entry }).click();
};
const identify = (identity) => visitor.evaluate((identity) => window.biseda.identify(identity), identity);

test('a visitor of a hostile name, from a hostile page, is a name in the list', async () => {
  await at(colleague, '/app/settings/profile');
  await colleague.getByLabel('Your name').fill(NAME);
  await colleague.getByRole('button', { name: 'Save' }).first().click();
  await colleague.getByText('Saved.').waitFor();
  await both((who) => at(who, '/app/inbox?list=all'));
  await visitor.goto(`${site.url}/shop?widget=${encodeURIComponent(demo.server.url)}&channel=${demo.key}&q=${encodeURIComponent(IMAGE)}#${IMAGE}`);
  await visitor.evaluate((title) => (document.title = title), IMAGE);
  await visitor.getByRole('button', { name: /chat/i }).click();
  widget = visitor.frameLocator('iframe');
  await widget.getByPlaceholder('Write a message…').waitFor();
  const answer = visitor.waitForResponse(/\/widget\/api\/identify/);
  await identify({ name: IMAGE, email: EMAIL, attributes: { [IMAGE]: IMAGE } });
  const { token } = (await (await answer).json()).data;
  await pick(widget, 'Talk to a person');
  await say(widget, 'Hello');
  await both(async (who) => {
    await row(who, IMAGE).click();
    await who.getByRole('heading', { level: 2, name: IMAGE }).waitFor();
  });
  await Promise.all([member.getByText(`${NAME} is viewing too`).waitFor(), shows(thread(member), IMAGE)]);
  other = await elsewhere(token);
  await thread(other).getByText('Hello', { exact: true }).waitFor();
  for (const name of [...ALL, IMAGE]) {
    await identify({ name });
    await both(async (who) => {
      await who.getByRole('complementary', { name: 'Contact and details' }).getByRole('link', { name, exact: true }).waitFor();
      await shows(who.locator('.inbox-rows'), name);
      await who.getByRole('heading', { level: 2, name, exact: true }).waitFor();
    });
  }
});

test('what a visitor writes is shown and never run', async () => {
  for (const text of ALL) {
    await say(widget, text);
    await everywhere(text);
    await both((who) => shows(who.locator('.inbox-rows'), text));
  }
});

test('a file with a hostile name and content is a file', async () => {
  const name = '<img src=x onerror=window.pwn=1>.html';
  await widget.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/html', buffer: Buffer.from('<!doctype html><script>window.pwn=1</script>') });
  await widget.locator('.upload', { hasText: name }).locator('progress').waitFor({ state: 'detached' });
  await say(widget, 'Here is my file');
  await everywhere(name);
  for (const [page, place] of threads()) {
    const [download] = await Promise.all([page.waitForEvent('download'), place.getByText(name).first().click()]);
    await download.delete();
  }
});

test('what a member writes is shown to visitors and colleagues and never run', async () => {
  await press(colleague, 'Take over');
  await chats((chat) => chat.getByText(`${NAME} has joined`).waitFor());
  await field(colleague, 'Reply text').pressSequentially('I am wri');
  await Promise.all([member.getByText(`${NAME} is typing a reply`).waitFor(), chats((chat) => chat.getByText(`${NAME} is typing`).waitFor({ state: 'attached' }))]);
  for (const text of MARKUP) {
    await field(colleague, 'Reply text').fill(`Reply ${text}`);
    await colleague.keyboard.press('Control+Enter');
    await everywhere(`Reply ${text}`);
  }
  await press(colleague, 'Note');
  for (const text of MARKUP) {
    await field(colleague, 'Note text').fill(`Note ${text}`);
    await colleague.keyboard.press('Control+Enter');
    await both((who) => shows(thread(who), `Note ${text}`));
  }
  await press(colleague, 'Reply');
});

test('a reply to script that came meanwhile asks with its words', async () => {
  await field(member, 'Reply text').fill('I am late');
  await say(widget, `Late ${IMAGE}`);
  await everywhere(`Late ${IMAGE}`);
  await field(member, 'Reply text').press('Control+Enter');
  await member.getByRole('alertdialog').getByText(`Late ${IMAGE}`).waitFor();
  await member.getByRole('button', { name: 'Send anyway' }).click();
  await everywhere('I am late');
});

test('links of Markdown lead to the web and run nothing', async () => {
  await field(colleague, 'Reply text').fill(`${LINK} ${PICTURE} [shop](${site.url}/robots.txt)`);
  await colleague.keyboard.press('Control+Enter');
  await everywhere('run look shop');
  for (const [page, place] of threads()) {
    await place.getByText('run', { exact: true }).click();
    const [opened] = await Promise.all([page.context().waitForEvent('page'), place.getByRole('link', { name: 'shop', exact: true }).click()]);
    await opened.waitForURL(`${site.url}/robots.txt`);
    await opened.close();
    assert.equal(page.context().pages().length, 1);
  }
});

test('tags, canned answers and who is responsible are words', async () => {
  const [, script, picture] = MARKUP;
  await colleague.locator('#thread-tags').fill(`${script},${picture}`);
  await colleague.locator('#thread-tags').press('Enter');
  for (const tag of [script, picture]) {
    await both((who) => shows(who.locator('.thread-head'), tag));
    await both((who) => shows(row(who, IMAGE), tag));
  }
  await colleague.locator('#contact-tags').fill(IMAGE);
  await colleague.locator('#contact-tags').press('Enter');
  await both((who) => who.getByRole('button', { name: `Remove the tag ${IMAGE}` }).waitFor());
  await row(member, NAME).waitFor();
  await colleague.locator('#thread-assignee').selectOption({ label: owner.name });
  await both((who) => thread(who).getByText(`${NAME} assigned the conversation`).waitFor());
  const here = colleague.url();
  await follow(colleague, 'Canned responses');
  await colleague.getByLabel('Shortcut').first().fill('pwn');
  await colleague.getByLabel('Text', { exact: true }).first().fill(`Canned ${IMAGE}`);
  await press(colleague, 'Add');
  await shows(colleague, `Canned ${IMAGE}`);
  await visit(colleague, here);
  await field(colleague, 'Reply text').pressSequentially('/pwn');
  await colleague.getByRole('option', { name: `Canned ${IMAGE}` }).waitFor();
  await colleague.keyboard.press('Enter');
  await colleague.keyboard.press('Control+Enter');
  await everywhere(`Canned ${IMAGE}`);
});

test('the look of a channel is words, before it is saved and after', async () => {
  await follow(colleague, 'Channels');
  await colleague.locator('main li a').first().click();
  const preview = colleague.frameLocator('iframe[src*="preview"]');
  for (const [label, text] of [['Title', `T ${IMAGE}`], ['Greeting', `G ${IMAGE}`], ['Suggested questions', `Q ${IMAGE}`]]) {
    await colleague.getByLabel(label).fill(text);
    await shows(preview, text);
  }
  await colleague.getByRole('textbox', { name: 'Name' }).first().fill(`C ${IMAGE}`);
  await press(colleague, 'Save channel');
  await colleague.getByText('Channel saved.').waitFor();
});

test('what the agent says, quotes and is asked is shown and never run', async () => {
  await at(colleague, '/app/knowledge/new/text');
  await colleague.getByLabel('Name').fill(`S ${IMAGE}`);
  await colleague.getByLabel('Text').fill(`A new zipper for a tent or a jacket costs 900 lekë. We sew \`${IMAGE}\` on it.`);
  await press(colleague, 'Add and read');
  await colleague.getByText('Ready', { exact: true }).waitFor();
  await at(colleague, '/app/knowledge/answers?edit=new');
  await colleague.getByLabel('Question').fill('Do you sell vouchers?');
  await colleague.getByLabel('Answer', { exact: true }).fill(`Curated ${ALL.join(' ')}`);
  await press(colleague, 'Save');
  await colleague.locator('main li', { hasText: 'Do you sell vouchers?' }).waitFor();
  await follow(colleague, 'Agents');
  await colleague.getByRole('link', { name: 'Lumi', exact: true }).click();
  await colleague.getByLabel('Name', { exact: true }).fill(NAME);
  await colleague.getByLabel('Provider').selectOption('openai');
  await colleague.getByLabel('Model', { exact: true }).fill('some-model');
  await colleague.getByLabel('API address').fill(model.url);
  await colleague.getByLabel('API key').fill('key');
  for (const source of await colleague.getByRole('checkbox', { name: /S <img/ }).all()) await source.check();
  await press(colleague, 'Save agent');
  await colleague.getByText('Agent saved.').waitFor();

  await pick(widget, 'New conversation');
  await chats((chat) => chat.locator('.message.own').first().waitFor({ state: 'detached' }));
  await openWidget(visitor, demo.server, site, demo.key);
  await other.reload();
  await chats((chat) => shows(chat, `G ${IMAGE}`));
  await both((who) => at(who, '/app/inbox?list=all'));
  await say(widget, 'Do you sell vouchers?');
  await both((who) => row(who, /Do you sell vouchers|Curated/).click());
  await everywhere(`Curated ${MARKUP.join(' ')} run look`);
  await say(widget, `${QUESTION} ${IMAGE}`);
  await both((who) => who.locator('.message-draft').getByText(/^One moment.*"> run look/).waitFor());
  await chats((chat) => chat.locator('.draft').getByText(/^One moment.*"> run look/).waitFor());
  model.finish();
  await everywhere(/^One moment.*That is all/);
  await chats((chat) => chat.locator('.draft').waitFor({ state: 'hidden' }));
});

test('sources and traces show it as it is', async () => {
  await chats(async (chat) => {
    await chat.getByRole('button', { name: /^Source 1/ }).last().click();
    await chat.getByRole('heading', { name: `S ${IMAGE}` }).waitFor();
    await chat.locator('.passage', { hasText: IMAGE }).waitFor();
  });
  await both(async (who) => {
    await thread(who).locator('.citation-chip').last().click();
    await who.getByRole('dialog').getByRole('heading', { name: `S ${IMAGE}` }).waitFor();
    await who.locator('.source-text', { hasText: IMAGE }).waitFor();
    await who.keyboard.press('Escape');
    await thread(who).getByRole('button', { name: 'How this answer was made' }).last().click();
    await shows(who.getByRole('dialog'), `${QUESTION} ${IMAGE}`);
    await who.getByText('What was sent to the model').click();
    await look(who);
    await who.keyboard.press('Escape');
  });
});

test('the contact, the lists and the log show it as it is', async () => {
  await colleague.getByRole('heading', { level: 2, name: IMAGE }).getByRole('link').click();
  await colleague.getByRole('heading', { level: 1, name: IMAGE }).waitFor();
  await colleague.waitForFunction((email) => document.querySelector('#contact-email')?.value === email, EMAIL);
  assert.equal(await field(colleague, IMAGE).inputValue(), IMAGE);
  await look(colleague);
  for (const [name, text] of [['Contacts', EMAIL], ['Knowledge', `S ${IMAGE}`], ['Agents', NAME], ['Channels', `C ${IMAGE}`], ['Settings', 'Members'], ['Members', NAME], ['Audit log', NAME]]) {
    await follow(colleague, name);
    await shows(colleague.locator('main'), text);
    await look(colleague);
  }
  for (const change of await colleague.locator('main details summary').all()) await change.click();
  await colleague.locator('main pre', { hasText: NAME }).first().waitFor();
});
