import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allows, crates, packages } from './audit.mjs';

const CRATES_IO = 'registry+https://github.com/rust-lang/crates.io-index';

/** What is wrong with these crates, beside those that are not there at all. */
function faults(...planted) {
  const all = planted.map((one) => ({
    id: `${one.name} ${one.version}`, version: '1.0.0', source: CRATES_IO, license: 'MIT', manifest_path: '/elsewhere', ...one,
  }));
  const found = crates({ packages: all, workspace_members: ['own 1.0.0'] }, '/repository/');
  return found.filter((fault) => !fault.includes('is there 0 times'));
}

test('what is in order is passed over', () => {
  assert.deepEqual(faults({ name: 'own', version: '1.0.0', manifest_path: '/repository/Cargo.toml', license: null }), []);
  assert.deepEqual(faults({ name: 'serde', license: 'MIT/Apache-2.0' }, { name: 'tokio' }), []);
});

test('a licence that is not on the list, and none', () => {
  assert.match(faults({ name: 'x', license: 'AGPL-3.0-only' })[0], /has the licence AGPL/);
  assert.match(faults({ name: 'x', license: null, license_file: 'LICENSE' })[0], /licence of its own/);
  assert.match(faults({ name: 'x', license: null })[0], /names no licence/);
});

test('a second copy of what guards', () => {
  assert.match(faults({ name: 'rustls', version: '0.23.1' }, { name: 'rustls', version: '0.22.9' })[0], /rustls is there 2 times/);
  assert.ok(crates({ packages: [], workspace_members: [] }, '/').includes('rustls is there 0 times: '));
});

test('known holes, other sources, what is never to be used, and crates from elsewhere', () => {
  assert.match(faults({ name: 'ammonia', version: '4.1.3' })[0], /known hole/);
  assert.match(faults({ name: 'ammonia', version: '3.9.9' })[0], /known hole/);
  assert.deepEqual(faults({ name: 'ammonia', version: '4.2.0' }), []);
  assert.match(faults({ name: 'x', source: 'git+https://git.example/x' })[0], /not from crates.io/);
  assert.match(faults({ name: 'x', source: null })[0], /not from crates.io/);
  assert.match(faults({ name: 'openssl' })[0], /not to be used/);
  assert.match(faults({ name: 'own', version: '1.0.0' })[0], /outside of the repository/);
});

test('packages of npm', () => {
  const good = { version: '1.0.0', resolved: 'https://registry.npmjs.org/x/-/x-1.0.0.tgz', license: 'MIT' };
  assert.deepEqual(packages({ '': { license: 'none' }, 'node_modules/x': good }), []);
  for (const [change, words] of [
    [{ license: 'GPL-3.0' }, /has the licence GPL/],
    [{ license: undefined }, /names no licence/],
    [{ hasInstallScript: true }, /runs something/],
    [{ resolved: 'git+ssh://git@git.example/x.git' }, /comes from git/],
    [{ link: true, resolved: undefined }, /comes from a folder/],
  ]) {
    assert.match(packages({ 'node_modules/a/node_modules/x': { ...good, ...change } })[0], words);
  }
});

test('expressions of licences', () => {
  for (const good of ['MIT', 'GPL-2.0 OR MIT', '(MIT OR GPL-2.0) AND ISC', 'Apache-2.0 WITH LLVM-exception', 'MIT AND (Zlib OR GPL-3.0)']) {
    assert.ok(allows(good), good);
  }
  for (const bad of ['GPL-3.0', 'MIT AND GPL-3.0', 'GPL-2.0 WITH Classpath-exception', '(MIT', 'MIT GPL-3.0', 'MIT AND', 'MIT OR', '()']) {
    assert.ok(!allows(bad), bad);
  }
});
