// Starts the product as a person would: an empty data folder, its own database, a free port.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, chmod } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** A port that nothing listens on. */
export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => probe.once('listening', done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

/** Starts a server, which is addressed by `host`; `stop()` ends it and removes its data. */
export async function startServer(env = {}, host = '127.0.0.1') {
  const data = await mkdtemp(join(tmpdir(), 'biseda-end2end-'));
  await chmod(data, 0o755); // as root, the database runs under another user
  const port = await freePort();
  const url = `http://${host}:${port}`;
  const log = [];
  const program = (args, output) => {
    const child = spawn(process.env.PROGRAM ?? 'target/debug/biseda', args, {
      cwd: root,
      env: {
        ...process.env,
        BISEDA_DATA_DIR: data,
        BISEDA_LISTEN: `127.0.0.1:${port}`,
        BISEDA_PUBLIC_URL: url,
        BISEDA_SITE_ROOT: join(root, 'target/site'),
        BISEDA_ALLOW_PRIVATE_ADDRESSES: 'true', // the crawled site of these tests is on loopback
        ...env,
      },
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(String(chunk)));
    return child;
  };
  const start = () => program(['serve'], log);
  const ended = (child) => new Promise((done) => (child.exitCode ?? child.signalCode) !== null ? done() : child.once('exit', done));
  const server = { url, data, log, child: start() };
  server.ready = async () => {
    for (let attempt = 0; attempt < 600; attempt++) {
      if (server.child.exitCode !== null) throw new Error(`the server ended:\n${log.join('')}`);
      const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
      if (answer?.ok) return server;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`the server is not ready:\n${log.join('')}`);
  };
  server.end = async (signal = 'SIGTERM') => {
    server.child.kill(signal);
    await ended(server.child);
  };
  server.restart = async () => {
    server.child = start();
    return server.ready();
  };
  /** Runs a command of the program beside the server and gives what it printed. */
  server.run = async (...args) => {
    const output = [];
    const child = program(args, output);
    await ended(child);
    if (child.exitCode !== 0) throw new Error(`biseda ${args.join(' ')}: ${output.join('')}`);
    return output.join('');
  };
  server.stop = async () => {
    await server.end();
    await rm(data, { recursive: true, force: true });
  };
  return server.ready();
}
