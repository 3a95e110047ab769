// The REST API before tools of others: a validator of OpenAPI, and a client that is generated from the document.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Validator } from '@seriousme/openapi-schema-validator';
import { build } from 'esbuild';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { seededKey } from './support/key.mjs';
import { startServer } from './support/server.mjs';

const root = resolve(import.meta.dirname, '..');
const folder = resolve(root, 'target/client');
let server;
let key;

before(async () => {
  server = await startServer({ BISEDA_ALLOW_PRIVATE_ADDRESSES: 'false' });
  key = await seededKey(server);
});
after(() => server?.stop());

test('the document is a valid OpenAPI 3.1, the same as the committed one', async () => {
  const served = await (await fetch(`${server.url}/api/v1/openapi.json`)).json();
  assert.deepEqual(served, JSON.parse(await readFile(resolve(root, 'docs/openapi.json'), 'utf8')));
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(served));
  assert.ok(valid, JSON.stringify(errors, null, 1));
  assert.equal(validator.version, '3.1');
});

test('a generated client compiles and works against the program', async () => {
  await mkdir(folder, { recursive: true });
  const document = JSON.parse(await readFile(resolve(root, 'docs/openapi.json'), 'utf8'));
  await writeFile(resolve(folder, 'schema.d.ts'), astToString(await openapiTypescript(document)));
  const source = resolve(root, 'end2end/support/client.ts');
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'nodenext', source];
  await promisify(execFile)(resolve(root, 'node_modules/.bin/tsc'), options, { cwd: root }).catch((error) => {
    assert.fail(error.stdout);
  });
  const outfile = resolve(folder, 'client.mjs');
  await build({ entryPoints: [source], outfile, bundle: true, format: 'esm', platform: 'node', logLevel: 'error' });
  const { day } = await import(pathToFileURL(outfile));

  const made = await day(server.url, key.token);
  assert.equal(made.again.id, made.contact.id, 'the same Idempotency-Key, one contact');
  assert.deepEqual(made.messages.map((one) => one.is_note), [false, true]);
  assert.deepEqual([made.changed.company, made.changed.name], ['Alba', 'Ana Hoxha']);
  assert.deepEqual(made.closed.map((one) => one.success), [true]);
  assert.equal(made.team.members, 0);
  assert.match(made.hook.secret, /^whsec_/);
  assert.equal(made.log[0].after.name, 'Shop');
  assert.deepEqual([made.missing, made.wrong], ['not_found', 'email']);
});
