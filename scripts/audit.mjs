// Looks at everything that comes from others: where it comes from, under which licence, and whether it is a version with a
// known hole or a second copy of something that guards. Reads the lock files alone and asks nobody; advisories of the day
// come from `cargo deny check advisories` or `cargo audit`, and `npm audit`, where the internet is reachable.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Licences that may be in the program: all let it be used, changed and passed on under its own. */
const LICENCES = new Set([
  '0BSD', 'Apache-2.0', 'Apache-2.0 WITH LLVM-exception', 'BlueOak-1.0.0', 'BSD-1-Clause', 'BSD-2-Clause', 'BSD-3-Clause',
  'BSL-1.0', 'CC0-1.0', 'CDLA-Permissive-2.0', 'ISC', 'MIT', 'MIT-0', 'NCSA', 'OFL-1.1', 'PostgreSQL', 'Python-2.0', 'Unicode-3.0',
  'Unicode-DFS-2016', 'Unlicense', 'WTFPL', 'Zlib', 'bzip2-1.0.6',
]);
/** Weak copyleft, by file: used as it is, beside ours. Tools of the build and the tests do not get into the program. */
const BESIDE = new Set(['MPL-2.0', 'CC-BY-4.0']);
/** The oldest versions without a known hole. */
const AT_LEAST = { ammonia: '4.1.4', h2: '0.4.16', time: '0.3.47' };
/** Each of these is there once: of two, one would be forgotten when a hole is closed. */
const ONCE = [
  'ammonia', 'argon2', 'axum', 'chacha20poly1305', 'h2', 'hyper', 'lettre', 'pulldown-cmark', 'ring', 'rmcp', 'rustls',
  'rustls-webpki', 'sqlx', 'subtle', 'time', 'tokio', 'tower-http', 'url', 'webauthn_rp',
];
/** What would bring another TLS, or is given up by its makers. */
const NEVER = ['ansi_term', 'atty', 'failure', 'native-tls', 'openssl', 'openssl-sys'];
/** Programs of npm that may run something when they are installed. */
const INSTALLS = new Set(['esbuild', '@parcel/watcher', 'fsevents']);

const root = fileURLToPath(new URL('..', import.meta.url));
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const metadata = JSON.parse(
    execFileSync('cargo', ['metadata', '--format-version', '1', '--locked'], { cwd: root, maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  const { packages: npm } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8'));
  console.log(`${metadata.packages.length} crates, ${Object.keys(npm).length - 1} packages of npm`);
  const faults = [...crates(metadata, root), ...packages(npm)];
  if (metadata.packages.length < 300) faults.push(`only ${metadata.packages.length} crates were looked at`);
  for (const fault of faults) console.error(fault);
  process.exit(faults.length ? 1 : 0);
}

/** What is wrong with the crates of `cargo metadata`, those of the workspace below `root`. */
export function crates(metadata, root) {
  const faults = [];
  const versions = new Map();
  for (const { id, name, version, source, license, license_file: file, manifest_path: path } of metadata.packages) {
    if (metadata.workspace_members.includes(id)) {
      if (!path.startsWith(root)) faults.push(`${name} stands outside of the repository: ${path}`);
      continue;
    }
    versions.set(name, [...(versions.get(name) ?? []), version]);
    if (!source?.startsWith('registry+https://github.com/rust-lang/crates.io-index')) {
      faults.push(`${name} ${version} comes from ${source ?? path}, not from crates.io`);
    }
    if (!license && !file) faults.push(`${name} ${version} names no licence`);
    else if (license && !allows(license)) faults.push(`${name} ${version} has the licence ${license}`);
    else if (!license) faults.push(`${name} ${version} has a licence of its own: read ${file} and decide`);
    if (AT_LEAST[name] && isOlder(version, AT_LEAST[name])) {
      faults.push(`${name} ${version} has a known hole: take ${AT_LEAST[name]} or newer`);
    }
    if (NEVER.includes(name)) faults.push(`${name} ${version} is not to be used`);
  }
  for (const name of ONCE) {
    const found = versions.get(name) ?? [];
    if (found.length !== 1) faults.push(`${name} is there ${found.length} times: ${found.join(', ')}`);
  }
  return faults;
}

/** What is wrong with the packages of an npm lock file. */
export function packages(packages) {
  const faults = [];
  for (const [path, { version, resolved, license, link, hasInstallScript }] of Object.entries(packages)) {
    if (!path) continue;
    const name = path.split('node_modules/').at(-1);
    if (link || /^(git|file|http:)/.test(resolved ?? '')) faults.push(`${name} comes from ${resolved ?? 'a folder'}`);
    if (!license) faults.push(`${name} ${version} names no licence`);
    else if (!allows(license)) faults.push(`${name} ${version} has the licence ${license}`);
    if (hasInstallScript && !INSTALLS.has(name)) faults.push(`${name} ${version} runs something when it is installed`);
  }
  return faults;
}

/** Whether one of the choices that a licence expression (SPDX) leaves is allowed. */
export function allows(expression) {
  const words = expression.replace(/\//g, ' OR ').match(/[()]|[^\s()]+/g);
  let at = 0;
  const any = () => {
    let good = all();
    while (words[at] === 'OR') {
      at += 1;
      good = all() || good;
    }
    return good;
  };
  const all = () => {
    let good = one();
    while (words[at] === 'AND') {
      at += 1;
      good = one() && good;
    }
    return good;
  };
  const one = () => {
    if (words[at] === '(') {
      at += 1;
      const good = any();
      at += 1;
      return good;
    }
    let name = words[at++];
    if (words[at] === 'WITH') name += ` WITH ${words[(at += 2) - 1]}`;
    return LICENCES.has(name) || BESIDE.has(name);
  };
  // What is left over was not understood.
  return any() && at === words.length;
}

function isOlder(version, least) {
  const [a, b] = [version, least].map((text) => text.split(/[.+-]/).slice(0, 3).map(Number));
  const place = a.findIndex((part, index) => part !== b[index]);
  return place >= 0 && a[place] < b[place];
}
