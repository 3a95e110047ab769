// The organization that `biseda seed` makes, and browsers signed in to it.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hydrated, launch, newPage, visit } from './browser.mjs';
import { startServer } from './server.mjs';

const password = 'correct horse battery';
export const owner = { name: 'Arta Lumi', email: 'demo@example.com', password };
export const colleague = { name: 'Ben Kola', email: 'ben@example.com', password };

/** A server with the demonstration organization, and a browser. `key` is its widget's. */
export async function startDemo() {
  const server = await startServer();
  const printed = await server.run('seed', '--email', owner.email, '--password', password);
  const key = printed.match(/data-channel="([^"]+)"/)[1];
  const browser = await launch();
  const stop = async () => {
    await browser.close();
    await server.stop();
  };
  return { server, browser, key, stop };
}

/** A page of its own context, signed in. */
export async function signedIn(demo, person = owner, options = {}) {
  const page = await newPage(demo.browser, options);
  await visit(page, `${demo.server.url}/login`);
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/app');
  await hydrated(page);
  return page;
}

/** The cookies of somebody signed in, for further contexts: `{ storageState }`. */
export async function session(demo, person = owner) {
  const page = await signedIn(demo, person);
  const storageState = await page.context().storageState();
  await page.context().close();
  return { storageState };
}

/** Makes the colleague a member of the organization. In the database: quicker than an invitation by mail. */
export async function addColleague(demo, role = 'member') {
  const page = await newPage(demo.browser, { javaScriptEnabled: false });
  await page.goto(`${demo.server.url}/signup`);
  await page.getByLabel('Name of your organization').fill('Elsewhere');
  await page.getByLabel('Your name').fill(colleague.name);
  await page.getByLabel('E-mail address').fill(colleague.email);
  await page.getByLabel('Password').fill(colleague.password);
  await page.getByRole('button', { name: 'Create organization' }).click();
  await page.waitForURL('**/app');
  await page.context().close();
  await sql(demo.server, `
    insert into members (organization_id, id, user_id, role)
      select organization_id, gen_random_uuid(), (select id from users where email = '${colleague.email}'), '${role}'
      from members join users on users.id = user_id where email = '${owner.email}';
    insert into user_organizations (user_id, organization_id)
      select user_id, organization_id from members where user_id = (select id from users where email = '${colleague.email}')
      on conflict do nothing;
    delete from organizations where name = 'Elsewhere';`);
  return session(demo, colleague);
}

/** Asks the server's embedded database, as its owner. */
async function sql(server, query) {
  const cluster = join(server.data, 'postgres');
  const { owner: secret } = JSON.parse(await readFile(join(cluster, 'biseda.json'), 'utf8'));
  const port = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n')[3];
  const [postgres] = (await readFile(join(cluster, 'postmaster.opts'), 'utf8')).split(' "'); // psql is beside it
  const psql = spawn(join(dirname(postgres), 'psql'),
    ['-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', port, '-U', 'biseda_owner', '-d', 'biseda', '-c', query],
    { env: { ...process.env, PGPASSWORD: secret } });
  let said = '';
  psql.stderr.on('data', (chunk) => (said += chunk));
  const code = await new Promise((done) => psql.once('exit', done));
  if (code !== 0) throw new Error(said);
}
