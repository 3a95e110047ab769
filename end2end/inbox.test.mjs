// The inbox, as a member works in it beside a colleague: live, by mouse and by keyboard.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { hydrated, newPage, visit } from './support/browser.mjs';
import { addColleague, colleague, session, signedIn, startDemo } from './support/demo.mjs';
import { newVisitor } from './support/visitor.mjs';

let demo, page, other;
before(async () => {
  demo = await startDemo();
  const [owner, second] = [await session(demo), await addColleague(demo)];
  page = await newPage(demo.browser, owner);
  other = await newPage(demo.browser, second);
});
after(() => demo?.stop());
afterEach(() => {
  assert.deepEqual(page?.problems.splice(0), []);
  assert.deepEqual(other?.problems.splice(0), []);
});

const inbox = (query = 'list=all') => `${demo.server.url}/app/inbox?${query}`;
const row = (who, name) => who.locator('.inbox-rows').getByRole('link', { name });
const rows = (who) => who.locator('.inbox-rows li').evaluateAll((all) => all.map((item) => item.textContent));
const thread = (who) => who.getByRole('log');
const reply = (who) => who.getByRole('textbox', { name: 'Reply text' });
const press = (who, name) => who.getByRole('button', { name, exact: true }).click();

/** The other conversation, by its row. */
async function change(who, name) {
  await row(who, name).click();
  await who.getByRole('heading', { level: 2, name }).waitFor();
}

/** Holds the next request of this kind; gives what waits for it. */
async function hold(who, kind) {
  let take;
  const taken = new Promise((done) => (take = done));
  await who.route(kind, take, { times: 1 });
  return () => taken;
}

/** The browser's own lines about requests that failed, which is meant. */
function expectFailures(who, text) {
  const problems = who.problems.splice(0);
  assert.ok(problems.every((problem) => problem.includes(text)), problems.join('\n'));
}

/** A visitor with a conversation that waits for a person. */
async function waiting(name, text) {
  const visitor = await newVisitor(demo, { name });
  await visitor.say(text);
  await visitor.askForPerson();
  return visitor;
}

async function open(who, name) {
  await visit(who, inbox());
  await row(who, name).click();
  await who.getByRole('heading', { level: 2, name }).waitFor();
}

test('a new conversation appears by itself, on top, with its unread count', async () => {
  await visit(page, inbox());
  const before = (await rows(page)).length;
  const visitor = await waiting('Nora Blum', 'Is anybody there?');
  await row(page, /Nora Blum/).waitFor();
  const now = await rows(page);
  assert.equal(now.length, before + 1);
  assert.match(now[0], /Nora Blum/);
  await row(page, /Nora Blum.*Unread messages: 1/s).waitFor();
  await visitor.say('I wait.');
  await row(page, /Nora Blum.*I wait\..*Unread messages: 2/s).waitFor();
  await row(page, /Nora Blum/).click();
  await thread(page).getByText('I wait.').waitFor();
  await page.locator('.inbox-rows li').filter({ hasText: 'Nora Blum' }).filter({ hasNotText: 'Unread' }).waitFor();
});

test('a note stays with colleagues, a reply goes to the visitor', async () => {
  const visitor = await waiting('Igor Note', 'A question about my order');
  await open(page, /Igor Note/);
  await press(page, 'Note');
  await page.getByRole('textbox', { name: 'Note text' }).fill('Was here in spring too.');
  await press(page, 'Add note');
  await thread(page).getByText('Was here in spring too.').waitFor();
  await press(page, 'Reply');
  await reply(page).fill('Which order is it?');
  await press(page, 'Send reply');
  await thread(page).getByText('Which order is it?').waitFor();
  await thread(page).locator('.message', { hasText: 'Which order is it?' }).getByText('Sent').waitFor();
  const said = (await visitor.conversation()).messages.map(({ content }) => content);
  assert.ok(said.includes('Which order is it?'));
  assert.ok(!said.includes('Was here in spring too.'));
});

test('a canned answer comes with a few keys', async () => {
  await waiting('Canned Carl', 'Hello?');
  await open(page, /Canned Carl/);
  await reply(page).pressSequentially('/by');
  await page.getByRole('option', { name: /bye/ }).waitFor();
  await page.keyboard.press('Enter');
  assert.match(await reply(page).inputValue(), /I am glad that I could help/);
  await page.keyboard.press('Control+Enter');
  await thread(page).getByText(/I am glad that I could help/).waitFor();
});

test('taking over, handing back, assigning, priority and tags are seen by colleagues at once', async () => {
  const visitor = await newVisitor(demo, { name: 'Petra Agent' });
  await visitor.say('How much does delivery cost?');
  await open(page, /Petra Agent/);
  await open(other, /Petra Agent/);
  await press(page, 'Take over');
  await other.getByText('A person is replying').waitFor();
  await press(page, 'Hand back to the agent');
  await other.getByRole('button', { name: 'Take over' }).waitFor();
  await press(page, 'Take over');
  // Else the colleague may be the assignee before, and have taken over.
  await other.getByText('A person is replying').waitFor();
  await page.locator('#thread-assignee').selectOption({ label: colleague.name });
  await thread(other).getByText('assigned the conversation').waitFor();
  await page.locator('#thread-priority').selectOption('urgent');
  await row(other, /Petra Agent.*Urgent/s).waitFor();
  await page.locator('#thread-tags').fill('delivery');
  await page.locator('#thread-tags').press('Enter');
  await page.getByRole('button', { name: 'Remove the tag delivery' }).waitFor();
  await row(other, /Petra Agent.*delivery/s).waitFor();
  // A second one takes nothing from the first, and what happens meanwhile takes nothing from what is being typed.
  await page.locator('#thread-tags').pressSequentially('ur');
  await visitor.say('I am still here');
  await thread(page).getByText('I am still here').waitFor();
  await other.getByRole('button', { name: 'Remove the tag delivery' }).waitFor();
  await page.locator('#thread-tags').pressSequentially('gent case');
  await page.keyboard.press('Enter');
  await row(other, /Petra Agent.*delivery.*urgent case/s).waitFor();
  await page.waitForFunction(() => document.querySelector('#thread-tags').value === '');
  await visit(other, inbox('list=mine'));
  await row(other, /Petra Agent/).waitFor();
});

test('snoozed it leaves the list and comes back when it is woken', async () => {
  await waiting('Sleepy Sam', 'No hurry');
  await open(page, /Sleepy Sam/);
  await page.locator('#snooze-menu summary').click();
  await press(page, 'For an hour');
  await row(page, /Sleepy Sam/).waitFor({ state: 'detached' });
  await visit(page, inbox('list=snoozed'));
  await row(page, /Sleepy Sam/).click();
  await page.locator('#snooze-menu summary').click();
  await press(page, 'Unsnooze');
  await row(page, /Sleepy Sam/).waitFor({ state: 'detached' });
  await visit(page, inbox());
  await row(page, /Sleepy Sam/).waitFor();
});

test('a list that is read anew keeps its rows: the focus stays, and what is being pressed', async () => {
  await waiting('Gone Gina', 'Please delete what you have of me');
  await waiting('Staying Stella', 'I am still here');
  await visit(page, inbox());
  const [staying, gone] = [row(page, /Staying Stella/), row(page, /Gone Gina/)];
  await staying.focus();
  await staying.hover();
  await page.mouse.down();
  await page.evaluate(async (name) => {
    const { data } = await (await fetch(`/api/v1/contacts?q=${name}`)).json();
    await fetch(`/api/v1/contacts/${data[0].id}`, { method: 'DELETE' });
  }, 'Gina');
  await gone.waitFor({ state: 'detached' });
  assert.ok(await staying.evaluate((link) => link === document.activeElement));
  await page.mouse.up();
  await page.getByRole('heading', { level: 2, name: /Staying Stella/ }).waitFor();
});

test('closing moves it to the closed ones, reopening back', async () => {
  await waiting('Closing Clara', 'Thanks, that is all');
  await open(page, /Closing Clara/);
  await press(page, 'Close');
  await page.getByRole('button', { name: 'Reopen' }).waitFor();
  await page.locator('#snooze-menu').waitFor({ state: 'detached' });
  await row(page, /Closing Clara/).waitFor({ state: 'detached' });
  await visit(page, inbox('list=closed'));
  await row(page, /Closing Clara/).click();
  await press(page, 'Reopen');
  await row(page, /Closing Clara/).waitFor({ state: 'detached' });
});

test('filters stand in the address', async () => {
  await visit(page, inbox());
  await page.getByText('Filters', { exact: true }).click();
  await page.locator('select[name=priority]').first().selectOption('urgent');
  await page.waitForURL(/priority=urgent/);
  await row(page, /Petra Agent/).waitFor();
  await row(page, /Closing Clara/).waitFor({ state: 'detached' });
  await page.reload();
  await hydrated(page);
  assert.equal(await page.locator('select[name=priority]').first().inputValue(), 'urgent');
  assert.equal((await rows(page)).length, 1);
  await page.getByRole('searchbox', { name: 'Search conversations' }).fill('nobody of this name');
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=nobody/);
  await page.getByText('No matches').waitFor();
  await page.getByRole('link', { name: 'Clear filters' }).last().click();
  await row(page, /Closing Clara/).waitFor();
});

test('a reply to what has changed meanwhile asks first', async () => {
  const visitor = await waiting('Quick Quentin', 'First question');
  await open(page, /Quick Quentin/);
  await reply(page).fill('An answer to the first question');
  await visitor.say('Forget it, I found it');
  await thread(page).getByText('Forget it, I found it').waitFor();
  await page.keyboard.press('Control+Enter');
  const warning = page.getByRole('alertdialog');
  await warning.getByText('Forget it, I found it').waitFor();
  assert.equal((await visitor.conversation()).messages.some(({ content }) => /first question$/.test(content) && /answer/i.test(content)), false);
  await warning.getByRole('button', { name: 'Send anyway' }).click();
  await thread(page).getByText('An answer to the first question').waitFor();
});

test('the question about what is new goes once it is answered', async () => {
  const visitor = await waiting('Refused Rita', 'First question');
  await open(page, /Refused Rita/);
  // As when the visitor is faster than the live socket.
  const body = JSON.stringify({ code: 'conflict', message: 'there are newer messages' });
  await page.route(/post_message/, (route) => route.fulfill({ status: 409, contentType: 'application/json', body }), { times: 1 });
  await reply(page).fill('An answer to it');
  await press(page, 'Send reply');
  await page.waitForFunction(() => document.querySelector('#composer-text').value === 'An answer to it');
  await visitor.say('Second question');
  const warning = page.getByRole('alertdialog');
  await warning.getByText('Second question').waitFor();
  await warning.getByRole('button', { name: 'Keep editing' }).click();
  await warning.waitFor({ state: 'detached' });
  await visitor.say('Third question');
  await thread(page).getByText('Third question').waitFor();
  assert.equal(await warning.count(), 0);
  expectFailures(page, '409');
});

test('a reply that could not be sent waits in its thread, wherever one has looked meanwhile', async () => {
  await waiting('Lost Lena', 'Where is my parcel?');
  await waiting('Elsewhere Emil', 'And where is mine?');
  await open(page, /Lost Lena/);
  const request = await hold(page, /post_message/);
  await reply(page).fill('It is on its way');
  await press(page, 'Send reply');
  const held = await request();
  await change(page, /Elsewhere Emil/);
  await held.abort();
  await page.getByText(/^Not sent: /).waitFor();
  await change(page, /Lost Lena/);
  const message = thread(page).locator('.message', { hasText: 'It is on its way' });
  await message.getByText(/^Not sent: /).waitFor();
  // The same for one that failed before the thread was left.
  await page.route(/post_message/, (route) => route.abort(), { times: 1 });
  await press(page, 'Send again');
  await message.getByText(/^Not sent: /).waitFor();
  await change(page, /Elsewhere Emil/);
  await change(page, /Lost Lena/);
  await message.getByText(/^Not sent: /).waitFor();
  await press(page, 'Send again');
  await message.getByText('Sent', { exact: true }).waitFor();
  assert.equal(await message.count(), 1);
  expectFailures(page, 'ERR_FAILED');
});

test('a reply of which only the answer was lost does not come back to be sent twice', async () => {
  const visitor = await waiting('Once Olga', 'Did it arrive?');
  await waiting('Meanwhile Max', 'Hello');
  await open(page, /Once Olga/);
  const request = await hold(page, /post_message/);
  await reply(page).fill('Yes, it did');
  await press(page, 'Send reply');
  const held = await request();
  await change(page, /Meanwhile Max/);
  await held.fetch();
  await held.abort();
  await page.getByText(/^Not sent: /).waitFor();
  await change(page, /Once Olga/);
  await thread(page).getByText('Yes, it did').waitFor();
  assert.equal(await reply(page).inputValue(), '');
  assert.equal((await visitor.conversation()).messages.filter(({ content }) => content === 'Yes, it did').length, 1);
  expectFailures(page, 'ERR_FAILED');
});

test('a reply, a note and files stay where they were begun, and files go without words', async () => {
  await waiting('Begun Bela', 'What does it cost?');
  await waiting('Other Olga', 'And for me?');
  await open(page, /Begun Bela/);
  const chip = (name) => page.locator('.composer .chip', { hasText: name });
  const choose = (name) => page.locator('.composer input[type=file]')
    .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from('offer') });
  await choose('wrong.txt');
  await chip('wrong.txt').getByText('5 B').waitFor();
  await page.getByRole('button', { name: 'Remove wrong.txt' }).click();
  await chip('wrong.txt').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.id), 'composer-text');
  await choose('offer.txt');
  await chip('offer.txt').getByText('5 B').waitFor();
  await reply(page).fill('A reply that is begun');
  await press(page, 'Note');
  const note = page.getByRole('textbox', { name: 'Note text' });
  await note.fill('A note that is begun');
  await change(page, /Other Olga/);
  assert.equal(await reply(page).inputValue(), '');
  assert.equal(await chip('offer.txt').count(), 0);
  await change(page, /Begun Bela/);
  assert.equal(await reply(page).inputValue(), 'A reply that is begun');
  await chip('offer.txt').waitFor();
  await press(page, 'Note');
  assert.equal(await note.inputValue(), 'A note that is begun');
  await press(page, 'Reply');
  await reply(page).fill('');
  await press(page, 'Send reply');
  await thread(page).getByRole('link', { name: 'File offer.txt' }).waitFor();
  await chip('offer.txt').waitFor({ state: 'detached' });
});

test('what is being written outlives the inbox and a reload, and ends with the session', async () => {
  await waiting('Drafting Dora', 'A long question');
  const own = await signedIn(demo, colleague);
  const written = (text) => own.waitForFunction((text) => document.querySelector('#composer-text')?.value === text, text);
  const again = async () => {
    await own.reload();
    await hydrated(own);
  };
  await open(own, /Drafting Dora/);
  await reply(own).fill('A long answer');
  await press(own, 'Note');
  await own.getByRole('textbox', { name: 'Note text' }).fill('Ask Mira first');
  await own.getByRole('heading', { level: 2, name: 'Drafting Dora' }).getByRole('link').click();
  await own.getByRole('heading', { level: 1, name: 'Drafting Dora' }).waitFor();
  await own.goBack();
  await thread(own).getByText('A long question').waitFor();
  await written('A long answer');
  await again();
  await written('A long answer');
  await press(own, 'Note');
  await written('Ask Mira first');
  await press(own, 'Add note');
  await thread(own).getByText('Ask Mira first').waitFor();
  await again();
  await written('A long answer');
  await press(own, 'Note');
  await written('');
  await own.locator('.user-button').filter({ visible: true }).click();
  await press(own, 'Sign out');
  await own.waitForURL(/\/login/);
  assert.equal(await own.evaluate(() => sessionStorage.length), 0);
  // Nor does the way back show to the next person what was there.
  await own.goBack();
  await own.getByLabel('Password').waitFor();
  assert.doesNotMatch(await own.content(), /A long question/);
  // What the page asked while it was being left was refused.
  expectFailures(own, '401');
  await own.context().close();
});

test('a reply that fails once the inbox is left waits in its thread', async () => {
  await waiting('Leaving Lars', 'Are you there?');
  await open(page, /Leaving Lars/);
  const request = await hold(page, /post_message/);
  await reply(page).fill('Yes, I am');
  await press(page, 'Send reply');
  const held = await request();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Contacts' }).click();
  await page.getByRole('heading', { level: 1, name: 'Contacts' }).waitFor();
  await held.abort();
  await page.getByText(/^Not sent: /).waitFor();
  await page.goBack();
  await thread(page).locator('.message', { hasText: 'Yes, I am' }).getByText(/^Not sent: /).waitFor();
  expectFailures(page, 'ERR_FAILED');
});

test('a reply that could not be sent outlives a reload, also of a session that has ended, and is sent once', async () => {
  const visitor = await waiting('Reloading Ria', 'Is it still there?');
  await open(page, /Reloading Ria/);
  const body = JSON.stringify({ code: 'unauthenticated', message: 'nobody is signed in' });
  await page.route(/post_message/, (route) => route.fulfill({ status: 401, contentType: 'application/json', body }), { times: 1 });
  await reply(page).fill('A long answer');
  await page.keyboard.press('Control+Enter');
  await thread(page).getByText(/^Not sent: /).waitFor();
  assert.equal(await reply(page).inputValue(), '');
  const message = (text) => thread(page).locator('.message', { hasText: text });
  for (let reloads = 0; reloads < 2; reloads++) {
    await page.reload();
    await hydrated(page);
    await message('A long answer').getByText(/^Not sent: /).waitFor();
  }
  await press(page, 'Send again');
  await message('A long answer').getByText('Sent', { exact: true }).waitFor();
  // One of which only the answer is lost does not come back.
  const request = await hold(page, /post_message/);
  await reply(page).fill('And one more');
  await press(page, 'Send reply');
  const held = await request();
  await held.fetch();
  await held.abort();
  await page.reload();
  await hydrated(page);
  await message('And one more').getByText('Sent', { exact: true }).waitFor();
  assert.equal(await reply(page).inputValue(), '');
  // One that arrives only after the reload has not come twice, either.
  const lateRequest = await hold(page, /post_message/);
  await reply(page).fill('And a late one');
  await press(page, 'Send reply');
  const late = (await lateRequest()).request();
  const [url, headers, data] = [late.url(), late.headers(), late.postDataBuffer()];
  await page.reload();
  await hydrated(page);
  await message('And a late one').getByText(/^Not sent: /).waitFor();
  assert.equal((await page.request.post(url, { headers, data })).status(), 200);
  await message('And a late one').getByText('Sent', { exact: true }).waitFor();
  assert.equal(await message('And a late one').count(), 1);
  const { messages } = await visitor.conversation();
  for (const said of ['A long answer', 'And one more', 'And a late one']) assert.equal(messages.filter(({ content }) => content === said).length, 1);
  page.problems.splice(0).forEach((problem) => assert.match(problem, /401|ERR_FAILED/));
});

test('a page whose session has ended says so, and leads back to what was begun', async () => {
  await waiting('Ending Elif', 'Are you still there?');
  const own = await signedIn(demo, colleague);
  await open(own, /Ending Elif/);
  await reply(own).fill('A begun answer');
  const place = new URL(own.url());
  const elsewhere = await own.context().newPage();
  await visit(elsewhere, inbox());
  await elsewhere.locator('.user-button').filter({ visible: true }).click();
  await press(elsewhere, 'Sign out');
  await elsewhere.waitForURL(/\/login/);
  await own.getByRole('link', { name: 'You are no longer signed in' }).click();
  await own.waitForURL(/\/login\?next=/);
  await hydrated(own);
  await own.getByLabel('E-mail address').fill(colleague.email);
  await own.getByLabel('Password').fill(colleague.password);
  await own.getByRole('button', { name: 'Sign in' }).click();
  await own.waitForURL((url) => url.pathname === place.pathname);
  await own.waitForFunction(() => document.querySelector('#composer-text')?.value === 'A begun answer');
  await own.context().close();
});

test('a hidden tab, whose timers run once a minute, stays connected; at midnight, today is yesterday', async () => {
  await waiting('Minute Mina', 'Does it last?');
  const own = await newPage(demo.browser, await session(demo, colleague));
  await own.clock.install();
  const sockets = [];
  const connected = new Promise((done) => own.on('websocket', (socket) => {
    sockets.push(socket);
    socket.on('framereceived', ({ payload }) => String(payload).includes('"welcome"') && done());
  }));
  await open(own, /Minute Mina/);
  await connected;
  for (let minute = 0; minute < 3; minute++) {
    const answer = sockets[0].waitForEvent('framereceived', ({ payload }) => payload === '"pong"');
    await own.clock.fastForward('01:00');
    await answer;
  }
  assert.equal(sockets.length, 1);
  await thread(own).getByText('Today', { exact: true }).waitFor();
  await own.clock.fastForward('24:00:00');
  await thread(own).getByText('Yesterday', { exact: true }).waitFor();
  assert.deepEqual(own.problems, []);
  await own.context().close();
});

test('a list that was read before a conversation began does not hide it', async () => {
  await visit(page, inbox('list=unassigned'));
  await waiting('Punctual Pia', 'Am I seen?');
  // The live connection stands.
  await row(page, /Punctual Pia/).waitFor();
  const request = await hold(page, /list_conversations/);
  await page.getByRole('navigation', { name: 'Lists' }).getByRole('link', { name: 'All open' }).click();
  const held = await request();
  const older = await held.fetch();
  await waiting('Overtaken Omar', 'And I?');
  await row(page, /Overtaken Omar/).waitFor();
  await held.fulfill({ response: older });
  // The rows are those of the answer.
  await page.waitForFunction(() => document.querySelector('.inbox-row[href]') && !document.querySelector('.inbox-row[href*=list]'));
  await row(page, /Overtaken Omar/).waitFor();
});

test('text is pasted and dropped as text, also from a spreadsheet, and files as files', async () => {
  await waiting('Pasting Petra', 'What do tents cost?');
  await open(page, /Pasting Petra/);
  const takes = (name, text, file) => reply(page).evaluate((field, { name, text, file }) => {
    const data = new DataTransfer();
    if (text) data.setData('text/plain', text);
    if (file) data.items.add(new File(['offer'], file, { type: 'text/plain' }));
    const options = { bubbles: true, cancelable: true };
    const event = name === 'paste' ? new ClipboardEvent(name, { ...options, clipboardData: data }) : new DragEvent(name, { ...options, dataTransfer: data });
    return !field.dispatchEvent(event);
  }, { name, text, file });
  assert.equal(await takes('paste', 'Tent\t900', 'image.txt'), false, 'the browser pastes the text');
  assert.equal(await takes('drop', 'Tent', ''), false, 'the browser drops the text');
  assert.equal(await takes('paste', '', 'shot.txt'), true);
  assert.equal(await takes('paste', 'named.txt', 'named.txt'), true);
  assert.equal(await takes('drop', '', 'dragged.txt'), true);
  for (const name of ['shot.txt', 'named.txt', 'dragged.txt']) await page.locator('.composer .chip', { hasText: name }).getByText('5 B').waitFor();
  assert.equal(await page.locator('.composer .chip').count(), 3);
});

test('while another conversation is loaded, nothing acts on the one before', async () => {
  await waiting('Former Fiona', 'My question');
  await waiting('Next Nils', 'Mine too');
  await open(page, /Former Fiona/);
  const changes = [];
  const note = (request) => /change_state/.test(request.url()) && changes.push(request.url());
  page.on('request', note);
  const request = await hold(page, /get_thread/);
  await row(page, /Next Nils/).click();
  const held = await request();
  await page.locator('.thread[inert]').waitFor();
  await page.keyboard.press('e');
  await page.keyboard.press('t');
  await held.continue();
  await page.getByRole('heading', { level: 2, name: /Next Nils/ }).waitFor();
  await page.keyboard.press('e');
  await page.getByRole('button', { name: 'Reopen' }).waitFor();
  page.off('request', note);
  assert.equal(changes.length, 1);
  await row(page, /Former Fiona/).waitFor();
});

test('conversations that are clicked faster than they load do not stop the page', async () => {
  for (const name of ['First Fatos', 'Second Sara', 'Third Teuta']) await waiting(name, 'Hello?');
  await open(page, /First Fatos/);
  const [threads, panels] = [[], []];
  const [keepThread, keepPanel] = [(route) => threads.push(route), (route) => panels.push(route)];
  await page.route(/get_thread/, keepThread);
  await page.route(/get_contact_panel/, keepPanel);
  const asked = () => Promise.all([page.waitForRequest(/get_thread/), page.waitForRequest(/get_contact_panel/)]);
  await Promise.all([asked(), row(page, /Second Sara/).click()]);
  // The answers to the second may hang: nobody waits for them any more.
  await Promise.all([asked(), row(page, /Third Teuta/).click()]);
  // The first is still on the screen, and the third's panel beside it.
  await panels[1].continue();
  await page.locator('.thread-panel').getByText('Third Teuta').first().waitFor();
  await threads[1].continue();
  await page.getByRole('heading', { level: 2, name: /Third Teuta/ }).waitFor();
  await page.unroute(/get_contact_panel/, keepPanel);
  await page.unroute(/get_thread/, keepThread);
});

test('a choice that is refused does not stay chosen', async () => {
  await waiting('Urgent Ulla', 'Quick, please');
  await open(page, /Urgent Ulla/);
  const request = await hold(page, /set_priority/);
  await page.locator('#thread-priority').selectOption('urgent');
  await (await request()).abort();
  await page.waitForFunction(() => document.querySelector('#thread-priority').value === 'medium');
  expectFailures(page, 'ERR_FAILED');
});

test('keys step through the choices of a list; Enter chooses, and so does leaving it', async () => {
  await waiting('Stepping Stine', 'Hello?');
  await open(page, /Stepping Stine/);
  const sent = [];
  const note = (request) => /set_priority/.test(request.url()) && sent.push(request.postData());
  page.on('request', note);
  const priority = page.locator('#thread-priority');
  const saved = () => page.waitForResponse(/set_priority/);
  // This browser opens the list at the first arrow.
  await priority.focus();
  await page.keyboard.press('ArrowUp');
  await page.waitForFunction(() => document.querySelector('#thread-priority').matches(':open'));
  for (let times = 2; times > 0; times -= 1) await page.keyboard.press('ArrowUp');
  await Promise.all([saved(), page.keyboard.press('Enter')]);
  await row(page, /Stepping Stine.*Urgent/s).waitFor();
  // Others step through the closed one, and tell of each step as of a choice.
  const step = (value) => priority.evaluate((select, value) => {
    select.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
    select.value = value;
    select.dispatchEvent(new Event('change', { bubbles: true }));
  }, value);
  await priority.focus();
  await step('high');
  await step('medium');
  await Promise.all([saved(), page.keyboard.press('Enter')]);
  await row(page, /Stepping Stine.*Urgent/s).waitFor({ state: 'detached' });
  await step('low');
  await Promise.all([saved(), page.keyboard.press('Tab')]);
  page.off('request', note);
  assert.deepEqual(sent.map((form) => new URLSearchParams(form).get('priority')), ['urgent', 'medium', 'low']);
});

test('handing back where no agent is switched on says so', async () => {
  await waiting('Agentless Anna', 'Hello?');
  await open(page, /Agentless Anna/);
  const switchAgents = (is_active) => page.evaluate(async (is_active) => {
    const { data } = await (await fetch('/api/v1/ai-agents')).json();
    const options = { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ is_active }) };
    for (const { id } of data) await fetch(`/api/v1/ai-agents/${id}`, options);
  }, is_active);
  await switchAgents(false);
  await press(page, 'Hand back to the agent');
  await page.getByText('No agent is active on this channel').waitFor();
  await switchAgents(true);
  expectFailures(page, '409');
});

test('colleagues see who is looking and who is writing', async () => {
  await waiting('Shared Shirin', 'Who answers me?');
  await open(page, /Shared Shirin/);
  await open(other, /Shared Shirin/);
  await page.getByText(`${colleague.name} is viewing too`).waitFor();
  await reply(other).pressSequentially('I am wri');
  await page.getByText(`${colleague.name} is typing a reply`).waitFor();
  await visit(other, inbox());
  await page.getByText(`${colleague.name} is viewing too`).waitFor({ state: 'detached' });
});

test('the keyboard is enough', async () => {
  const visitor = await waiting('Keyboard Kim', 'Only keys, please');
  await visit(page, inbox());
  await row(page, /Keyboard Kim/).waitFor();
  await page.keyboard.press('j');
  await page.getByRole('heading', { level: 2, name: /Keyboard Kim/ }).waitFor();
  await page.keyboard.press('j');
  await page.getByRole('heading', { level: 2, name: /Keyboard Kim/ }).waitFor({ state: 'detached' });
  await page.keyboard.press('k');
  await page.getByRole('heading', { level: 2, name: /Keyboard Kim/ }).waitFor();
  await page.keyboard.press('n');
  await page.keyboard.type('A note by key');
  await page.keyboard.press('Control+Enter');
  await thread(page).getByText('A note by key').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('r');
  await page.keyboard.type('A reply by key');
  await page.keyboard.press('Control+Enter');
  await thread(page).locator('.message', { hasText: 'A reply by key' }).getByText('Sent').waitFor();
  assert.ok((await visitor.conversation()).messages.some(({ content }) => content === 'A reply by key'));
  await page.keyboard.press('Escape');
  await page.keyboard.press('e');
  await page.getByRole('button', { name: 'Reopen' }).waitFor();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await sheet.getByText('Write a note').waitFor();
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'hidden' });
});

test('a key that is held moves on, and leaves one step to go back', async () => {
  for (const name of ['Held Hana', 'Held Hans', 'Held Hugo', 'Held Hilda']) await waiting(name, 'Hold on');
  const fresh = await newPage(demo.browser, await session(demo)); // browsers count no more than 50 steps
  await open(fresh, /Held Hilda/);
  const [steps, from] = [await fresh.evaluate(() => history.length), fresh.url()];
  for (let count = 0; count < 12; count++) {
    await fresh.keyboard.down('j'); // again and again, as of a key that is held
    await fresh.waitForTimeout(40);
  }
  await fresh.keyboard.up('j');
  await fresh.getByRole('heading', { level: 2, name: /Held H(ilda|ugo)/ }).waitFor({ state: 'detached' });
  assert.equal(await fresh.evaluate(() => history.length), steps + 1);
  await fresh.goBack();
  await fresh.waitForURL(from);
  assert.deepEqual(fresh.problems, []);
  await fresh.context().close();
});

test('keys act beside a checkbox, and the next conversation begins with its menus closed', async () => {
  await waiting('Ticked Tina', 'Tick me');
  await visit(page, inbox());
  await page.getByRole('checkbox', { name: 'Select Ticked Tina' }).click();
  await page.keyboard.press('j');
  await page.getByRole('heading', { level: 2, name: /Ticked Tina/ }).waitFor();
  await page.keyboard.press('z');
  await page.locator('#snooze-menu[open]').waitFor();
  await page.keyboard.press('j');
  await page.getByRole('heading', { level: 2, name: /Ticked Tina/ }).waitFor({ state: 'detached' });
  await page.locator('#snooze-menu:not([open])').waitFor();
});

test('a contact is changed beside the conversation', async () => {
  await waiting('Panel Paula', 'Here is my question');
  await open(page, /Panel Paula/);
  const company = page.getByRole('complementary', { name: 'Contact and details' }).getByLabel('Company');
  const saved = page.waitForResponse((response) => /set_contact_field/.test(response.url()));
  await company.fill('Paula & Co');
  await company.press('Tab');
  await saved;
  await visit(page, inbox());
  await row(page, /Panel Paula/).click();
  await page.waitForFunction(() => document.querySelector('#contact-company')?.value === 'Paula & Co');
});

test('a customer who is renamed has the new name in the list, the head and on the page of the contact', async () => {
  await waiting('Renata Old', 'I have married');
  await open(page, /Renata Old/);
  await open(other, /Renata Old/);
  await page.locator('#contact-name').fill('Renata New');
  await page.locator('#contact-name').press('Tab');
  for (const who of [page, other]) {
    await row(who, /Renata New/).waitFor();
    await who.getByRole('heading', { level: 2, name: 'Renata New' }).getByRole('link').click();
    await who.getByRole('heading', { level: 1, name: 'Renata New' }).waitFor();
    await who.getByText('I have married').first().waitFor();
    await who.goBack();
    await thread(who).getByText('I have married').waitFor();
  }
});

test('several conversations are chosen and changed at once', async () => {
  const names = ['Bulk Bea', 'Bulk Bob', 'Bulk Bill'];
  for (const name of names) await waiting(name, 'Me too');
  await visit(page, inbox());
  await row(page, /Bulk Bill/).waitFor();
  // The newest is on top: from Bill to Bea is all three.
  await page.getByRole('checkbox', { name: 'Select Bulk Bill' }).click();
  await page.getByRole('checkbox', { name: 'Select Bulk Bea' }).click({ modifiers: ['Shift'] });
  await page.getByText('3 selected').waitFor();
  const bar = page.getByRole('toolbar', { name: 'Selected conversations' });
  await bar.getByRole('combobox', { name: 'Assign to…' }).selectOption({ label: colleague.name });
  await page.getByText('Changed: 3').waitFor();
  await bar.waitFor({ state: 'detached' });
  for (const name of names) await row(page, new RegExp(`${name}.*${colleague.name}`, 's')).waitFor();
  await page.getByRole('checkbox', { name: 'Select Bulk Bob' }).click();
  await page.getByRole('checkbox', { name: 'Select Bulk Bea' }).click();
  await bar.getByRole('button', { name: 'Close' }).click();
  await row(page, /Bulk Bob/).waitFor({ state: 'detached' });
  await row(page, /Bulk Bea/).waitFor({ state: 'detached' });
  await row(page, /Bulk Bill/).waitFor();
});

test('the parts are made wider by keys and by dragging, and stay so', async () => {
  await visit(page, inbox());
  await row(page, /Bulk Bill/).click();
  const line = page.getByRole('separator', { name: 'List width' });
  const width = () => page.locator('.inbox-list').evaluate((list) => list.getBoundingClientRect().width);
  const before = await width();
  await line.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  assert.equal(await width(), before + 32);
  await page.reload();
  await hydrated(page);
  assert.equal(await width(), before + 32);
  const panel = page.getByRole('separator', { name: 'Details width' });
  const side = () => page.locator('.thread-panel').evaluate((aside) => aside.getBoundingClientRect().width);
  const [wide, box] = [await side(), await panel.boundingBox()];
  await page.mouse.move(box.x + 4, 400);
  await page.mouse.down();
  await page.mouse.move(box.x + 34, 400);
  await page.mouse.up();
  assert.equal(await side(), wide - 30);
  await line.dblclick();
  assert.equal(await width(), before);
});

test('what is pushed off the only page of a list is on a second one', async () => {
  const begin = (count) => page.evaluate(async (count) => {
    const ask = async (path, body) => {
      const post = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      return (await (await fetch(`/api/v1/${path}`, post)).json()).data;
    };
    const [[channel], [contact]] = [await ask('channels'), await ask('contacts')];
    for (let number = 0; number < count; number++)
      await ask('conversations', { contact_id: contact.id, channel_id: channel.id, tags: ['crowd'], content: 'Hello' });
  }, count);
  await begin(50);
  await visit(page, inbox('list=all&tag=crowd'));
  assert.equal((await rows(page)).length, 50);
  const pages = page.getByRole('navigation', { name: 'Pages' });
  assert.equal(await pages.count(), 0);
  await begin(1);
  await pages.getByText('Page 1 of 2').waitFor();
  assert.equal((await rows(page)).length, 50);
  await pages.getByRole('link', { name: 'Next page' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.inbox-rows li').length === 1);
});
