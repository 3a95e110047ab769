// What happens reaches a programmer's endpoint, signed as the official library of Standard Webhooks expects it; and the
// audit log tells who did what.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { launch, newPage, visit } from './support/browser.mjs';
import { signUp } from './support/member.mjs';
import { startServer } from './support/server.mjs';

let server, browser, page, endpoint;
before(async () => {
  [server, browser, endpoint] = await Promise.all([startServer(), launch(), startEndpoint()]);
  page = await newPage(browser);
  await signUp(page, server);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  endpoint?.stop();
});

/** An endpoint on loopback that keeps what it gets, and answers with `status`. */
async function startEndpoint() {
  const got = [];
  const http = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      got.push({ headers: request.headers, body });
      response.writeHead(sink.status).end('thank you');
    });
  });
  const sink = { got, status: 200, stop: () => http.close() };
  await new Promise((done) => http.listen(0, '127.0.0.1', done));
  sink.url = `http://127.0.0.1:${http.address().port}/hooks`;
  /** Waits for an event of this name, and takes it out. */
  sink.next = async (type) => {
    for (let attempt = 0; attempt < 300; attempt++) {
      const at = got.findIndex(({ body }) => JSON.parse(body).type === type);
      if (at >= 0) return got.splice(at, 1)[0];
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`no ${type} arrived: ${got.map(({ body }) => body)}`);
  };
  return sink;
}

const press = (name) => page.getByRole('button', { name, exact: true }).filter({ visible: true }).first().click();

/** Lets the official library for Python verify a delivery. */
function pythonVerifies(secret, { headers, body }) {
  const program =
    'import json, sys; from standardwebhooks import Webhook; Webhook(sys.argv[1]).verify(sys.stdin.read(), json.loads(sys.argv[2]))';
  const python = `${process.env.TEST_TOOLS}/bin/python`;
  const judged = spawnSync(python, ['-c', program, secret, JSON.stringify(headers)], { input: body, encoding: 'utf8' });
  assert.equal(judged.status, 0, judged.stderr);
}

test('an endpoint is subscribed, gets what happens, and checks it with the official library', async () => {
  await visit(page, `${server.url}/app/settings/webhooks/new`);
  await page.getByLabel('Address').fill(endpoint.url);
  await page.getByLabel('Headers').fill('X-Token: abc');
  await press('Add an endpoint');
  const secret = await page.getByTestId('secret').innerText();
  assert.match(secret, /^whsec_/);
  await page.getByRole('link', { name: 'Continue to the endpoint' }).click();
  await page.waitForURL(/webhooks\/[0-9a-f-]{36}$/);

  await press('Send a test event');
  await page.getByRole('link', { name: 'webhook_subscription.test' }).waitFor();
  const received = await endpoint.next('webhook_subscription.test');
  const judge = new Webhook(secret);
  const event = judge.verify(received.body, received.headers);
  assert.equal(event.data.details.text, 'This is a test.');
  assert.equal(received.headers['x-token'], 'abc');
  pythonVerifies(secret, received);
  assert.throws(() => judge.verify(received.body.replace('test', 'tost'), received.headers), WebhookVerificationError);

  // Something of the daily work arrives too.
  const subscription = page.url();
  await visit(page, `${server.url}/app/contacts`);
  await page.getByRole('link', { name: 'New contact' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Ana Hoxha');
  await press('Create contact');
  await page.getByRole('heading', { name: 'Ana Hoxha' }).waitFor();
  const made = await endpoint.next('contact.created');
  assert.equal(judge.verify(made.body, made.headers).data.details.name, 'Ana Hoxha');

  // The log shows it, with what came back, and sends it once more with the same id.
  await visit(page, subscription);
  await page.getByRole('link', { name: 'contact.created' }).first().click();
  await page.getByText('thank you').waitFor();
  await page.getByText('"Ana Hoxha"').waitFor();
  await press('Send again');
  const again = await endpoint.next('contact.created');
  assert.equal(again.headers['webhook-id'], made.headers['webhook-id']);

  // While a secret is being replaced, both are good.
  await press('New secret');
  const next = await page.getByTestId('secret').innerText();
  assert.notEqual(next, secret);
  await page.getByText(/The previous secret also signs until/).waitFor();
  await press('Send a test event');
  const overlapping = await endpoint.next('webhook_subscription.test');
  new Webhook(next).verify(overlapping.body, overlapping.headers);
  judge.verify(overlapping.body, overlapping.headers);

  // Headers that were saved are not to be saved again; neither is their removal.
  const headers = page.locator('[name="form[custom_headers]"]');
  await headers.fill('X-Other: def');
  await press('Save');
  await page.getByText('Stored, but not shown: x-other.', { exact: false }).waitFor();
  assert.equal(await headers.inputValue(), '');
  await page.getByLabel('Send no extra headers').check();
  await press('Save');
  await page.getByLabel('Send no extra headers').waitFor({ state: 'detached' });

  // It is shown this once: saving the form takes it from nobody.
  const loadedAgain = page.waitForResponse(/load_webhook/);
  await press('Save');
  await (await loadedAgain).finished();
  await page.getByText(/The previous secret also signs until/).waitFor();
  assert.equal(await page.getByTestId('secret').innerText(), next);
});

test('what an endpoint refuses is shown as such, and sent again when it works', async () => {
  endpoint.status = 500;
  await page.reload();
  await press('Send a test event');
  await endpoint.next('webhook_subscription.test');
  await visit(page, `${page.url().split('?')[0]}?status=pending`);
  await page.getByText('· 500').first().waitFor();
  endpoint.status = 200;
  // The second attempt comes after five seconds.
  await endpoint.next('webhook_subscription.test');
});

test('the audit log tells who did it, holds, and is exported', async () => {
  await visit(page, `${server.url}/app/settings/audit`);
  await page.getByRole('row', { name: /contact\.created/ }).getByText('Mira Berg').waitFor();
  const row = page.getByRole('row', { name: /webhook_subscription\.created/ });
  await row.getByText('Show').click();
  await row.getByText(endpoint.url).waitFor();
  assert.doesNotMatch(await page.content(), /Ana Hoxha/, 'it names no customer');
  await press('Verify the log');
  await page.getByText(/The log is intact/).waitFor();
  await page.getByLabel('Action').fill('contact');
  await press('Filter');
  await page.waitForURL(/action=contact/);
  assert.equal(await page.getByRole('row', { name: /webhook_subscription/ }).count(), 0);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export as CSV' }).click(),
  ]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  assert.match(Buffer.concat(chunks).toString(), /contact\.created/);
  assert.deepEqual(page.problems, []);
});
