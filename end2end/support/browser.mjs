// Chromium, and pages that fail a test when their console shows an error.
import { chromium } from 'playwright-core';

/** Launches Debian's Chromium (or the one that CHROMIUM names). */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

/** A page of its own context. `page.problems` collects console errors and uncaught exceptions. */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.problems = [];
  page.on('console', (message) => message.type() === 'error' && page.problems.push(message.text()));
  page.on('pageerror', (error) => page.problems.push(String(error)));
  page.underway = new Set();
  page.on('request', (request) => page.underway.add(request));
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => page.underway.delete(request));
  return page;
}

/** Waits until a page has asked for nothing for half a second. Playwright's `networkidle` may never come on a page that adds a frame. */
export async function quiet(page) {
  const end = Date.now() + 20_000;
  for (let since = Date.now(); Date.now() - since < 500; await page.waitForTimeout(50)) {
    if (page.underway.size > 0) since = Date.now();
    if (Date.now() > end) throw new Error(`no answer to ${[...page.underway].map((request) => request.url()).join(', ')}`);
  }
}

/** Waits until a page's script has taken over; a new browser compiles all of it first, which takes its time. */
export const hydrated = (page) => page.waitForSelector('html[data-hydrated]', { timeout: 60_000 });

/** Goes to a page of the dashboard and waits until its script has taken over. */
export async function visit(page, url) {
  const response = await page.goto(url);
  await hydrated(page);
  return response;
}
