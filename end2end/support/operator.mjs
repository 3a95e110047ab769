// Somebody who operates the service: made on the command line, with an organization and a second factor.
import { newPage } from './browser.mjs';
import { secure } from './totp.mjs';

/** Makes an operator and gives what a browser needs to be the operator (`storageState`). */
export async function operator(server, browser) {
  const email = 'operator@example.com';
  const printed = await server.run('admin', 'create', '--email', email, '--name', 'Olga Operator');
  const password = printed.match(/Password: (\S+)/)[1];
  const page = await newPage(browser, { javaScriptEnabled: false });
  await page.goto(`${server.url}/login`);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${server.url}/login/organization`);
  await page.getByLabel('Name of your organization').fill('The Operators');
  await page.getByRole('button', { name: 'Create organization' }).click();
  await page.waitForURL(`${server.url}/app`);
  await page.goto(`${server.url}/admin`);
  if (new URL(page.url()).pathname !== '/admin/second-factor') throw new Error(`no second factor was asked for: ${page.url()}`);
  await secure(page, server.url, password);
  const storageState = await page.context().storageState();
  await page.context().close();
  return { storageState };
}

/** The path that the newest mail with this subject leads to: without a mail server, mails are read by operators. */
export async function mailedLink(page, server, subject) {
  await page.goto(`${server.url}/admin/mail`);
  await page.getByRole('link', { name: subject }).first().click();
  return (await page.locator('pre').innerText()).match(/https?:\/\/[^/]+(\/\S+)/)[1];
}
