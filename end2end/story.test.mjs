// The product's main job from beginning to end: a company signs up, gives it its help pages, puts the widget on its
// site; a visitor asks and the agent answers with its source; a member watches, takes over, answers and closes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, newPage, visit } from './support/browser.mjs';
import { channelKey, openWidget, readWebsite, say, signUp } from './support/member.mjs';
import { startServer } from './support/server.mjs';
import { startSite } from './support/site.mjs';

let server, site, browser, member, visitor, widget;
before(async () => {
  [server, site, browser] = await Promise.all([startServer(), startSite(), launch()]);
  member = await newPage(browser);
  visitor = await newPage(browser);
});
after(async () => {
  await browser?.close();
  await site?.stop();
  await server?.stop();
});

test('a company signs up and is shown the way', async () => {
  await signUp(member, server);
  await member.getByRole('heading', { level: 1 }).waitFor();
});

test('it gives the product its help pages; robots.txt is honoured and a missing page named', async () => {
  await readWebsite(member, server, `${site.url}/index.html`);
  await member.getByRole('link', { name: /Delivery/ }).first().waitFor();
  assert.equal(await member.getByText('/private/prices.html').count(), await member.getByText('robots').count() ? 1 : 0);
  await member.getByText(`${site.url}/gone.html`).waitFor();
});

test('a visitor on another origin asks and gets an answer with its source', async () => {
  const key = await channelKey(member, server);
  widget = await openWidget(visitor, server, site, key);
  await say(widget, 'How long does delivery to Austria take?');
  await widget.getByText(/three to five working days/).first().waitFor({ timeout: 60_000 });
  await widget.getByRole('button', { name: /Source 1/ }).first().click();
  await widget.locator('mark').first().waitFor();
  await visitor.keyboard.press('Escape');
});

test('a member sees the conversation, takes over and answers; the agent stays silent', async () => {
  await visit(member, `${server.url}/app/inbox?list=all`);
  await member.getByRole('link', { name: /Visitor|delivery/i }).first().click();
  await member.getByText('How long does delivery to Austria take?').last().waitFor();
  await member.getByRole('button', { name: 'Take over' }).first().click();
  await widget.getByText('Mira has joined').waitFor();
  await member.getByRole('textbox', { name: /reply/i }).first().fill('Hello, this is Mira. Shall I reserve one for you?');
  await member.keyboard.press('Control+Enter');
  await widget.getByText('Hello, this is Mira.', { exact: false }).first().waitFor();
  await say(widget, 'Yes please, and how long does charging take?');
  await member.getByText('Yes please, and how long does charging take?').last().waitFor();
  await member.waitForTimeout(3000);
  assert.equal(await widget.getByText(/four and a half hours/).count(), 0, 'the agent spoke after the takeover');
});

test('the member closes; the visitor sees it and nothing is lost after a reload', async () => {
  await member.getByRole('button', { name: /^Close/ }).first().click();
  await widget.getByText(/The conversation was closed|This conversation has ended/).first().waitFor();
  assert.deepEqual(member.problems, []);
  assert.deepEqual(visitor.problems, []);
});
