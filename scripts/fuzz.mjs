// Reads the API's document with schemathesis and asks the started program thousands of odd questions in the name of the
// demonstration organization: no answer may be a fault of ours or outside the document.
// `scripts/fuzz.mjs PATH_OF_SCHEMATHESIS [CASES_PER_OPERATION]`
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededKey } from '../end2end/support/key.mjs';
import { startServer } from '../end2end/support/server.mjs';

const [schemathesis = 'st', casesPerOperation = '60'] = process.argv.slice(2);
const least = 2000;

const server = await startServer({
  BISEDA_API_REQUESTS_PER_MINUTE: '1000000',
  // Invented addresses are not fetched.
  BISEDA_ALLOW_PRIVATE_ADDRESSES: 'false',
});
process.once('SIGTERM', () => server.stop().finally(() => process.exit(1))); // other checks have failed meanwhile
const scratch = await mkdtemp(join(tmpdir(), 'biseda-fuzz-'));
let passed = false;
try {
  const { token, call } = await seededKey(server);
  const { organization_id: organization } = await call('GET', 'me');
  await writeFile(join(scratch, 'schemathesis.toml'), await settings(call, organization));
  passed = await fuzz(token);
} finally {
  await server.stop();
  await rm(scratch, { recursive: true, force: true });
}
const faults = server.log.join('').split('\n').filter((line) => /ERROR/.test(line));
if (faults.length) {
  console.error(`the program has logged faults of its own:\n${faults.slice(0, 20).join('\n')}`);
  passed = false;
}
process.exit(passed ? 0 : 1);

/** Invented ids find nothing: half of the paths get those of the demonstration. What is deleted is invented. */
async function settings(call, organization) {
  const first = async (path) => (await call('GET', path))[0].id;
  const things = {
    contacts: await first('contacts'),
    conversations: await first('conversations'),
    channels: await first('channels'),
    'ai-agents': await first('ai-agents'),
    'knowledge-sources': await first('knowledge-sources'),
  };
  const rule = (path, name, id) => `[[operations]]
include-path-regex = "${path}"
exclude-method = "DELETE"
parameters = { "path.${name}" = "${id}" }
`;
  const rules = Object.entries(things).map(([noun, id]) => rule(`^/api/v1/${noun}/`, 'id', id));
  return [...rules, rule('^/api/v1/organizations/', 'organization_id', organization)].join('\n');
}

/** Runs it, and says whether everything was in order. */
async function fuzz(token) {
  const checks = [
    'not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_headers_conformance',
    'response_schema_conformance',
  ];
  const args = [
    '--config-file', join(scratch, 'schemathesis.toml'),
    'run', `${server.url}/api/v1/openapi.json`,
    '--header', `Authorization: Bearer ${token}`,
    '--checks', checks.join(','),
    '--phases', 'examples,fuzzing',
    '--max-examples', casesPerOperation,
    '--seed', '1', '--generation-database', 'none',
    '--workers', '2', '--continue-on-failure', '--no-color', '--warnings', 'off',
    '--report', 'ndjson', '--report-ndjson-path', join(scratch, 'report.ndjson'),
  ];
  const child = spawn(schemathesis, args, { cwd: scratch, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
    process.stdout.write(chunk);
  });
  const code = await new Promise((done) => child.once('exit', done));
  const cases = Number(output.match(/(\d+) generated/)?.[1] ?? 0);
  console.log(`${cases} cases, ${least} at least`);
  return code === 0 && cases >= least;
}
