// What a member does first, through the pages.
import { hydrated, visit } from './browser.mjs';

/** Signs a new organization up and ends on its overview. */
export async function signUp(page, server, { organization = 'Wolke Bikes', name = 'Mira Berg', email } = {}) {
  await visit(page, `${server.url}/signup`);
  await page.getByLabel('Name of your organization').fill(organization);
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('E-mail address').fill(email ?? `owner-${Date.now()}@example.com`);
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Create organization' }).click();
  await page.waitForURL('**/app');
  await hydrated(page);
}

/** Adds a website as a source and waits until it is read. */
export async function readWebsite(page, server, url) {
  await visit(page, `${server.url}/app/knowledge/new/website`);
  await page.getByLabel('Address').fill(url);
  await page.getByRole('button', { name: 'Add and read' }).click();
  await page.waitForURL(/\/app\/knowledge\/[0-9a-f-]{36}$/);
  await page.getByText('Ready', { exact: true }).waitFor({ timeout: 120_000 });
}

/** The public key of the organization's first channel. */
export async function channelKey(page, server) {
  await visit(page, `${server.url}/app/channels`);
  await page.locator('main li a').first().click();
  const line = await page.getByTestId('snippet').innerText();
  return line.match(/data-channel="([^"]+)"/)[1];
}

/** Opens a page of another origin that carries the widget, and the conversation in it. */
export async function openWidget(page, server, site, key) {
  await page.goto(`${site.url}/shop?widget=${encodeURIComponent(server.url)}&channel=${key}`);
  await page.getByRole('button', { name: /chat/i }).click();
  const widget = page.frameLocator('iframe');
  await widget.getByPlaceholder('Write a message…').waitFor();
  return widget;
}

/** Writes a message in the widget. */
export async function say(widget, text) {
  await widget.getByPlaceholder('Write a message…').fill(text);
  await widget.getByRole('button', { name: 'Send', exact: true }).click();
}
