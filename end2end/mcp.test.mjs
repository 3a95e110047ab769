// The Model Context Protocol, as its official client speaks it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { key, seededKey } from './support/key.mjs';
import { startServer } from './support/server.mjs';

let server;
let all;

before(async () => {
  server = await startServer();
  all = await seededKey(server);
});
after(() => server?.stop());

/** A client that signs in with a key. */
async function connect(token) {
  const client = new Client({ name: 'judge', version: '1' });
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  await client.connect(new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), { requestInit: { headers } }));
  return client;
}

/** What a tool gives, or its error. */
async function call(client, name, args = {}) {
  const result = await client.callTool({ name, arguments: args });
  return result.isError ? { error: JSON.parse(result.content[0].text) } : result.structuredContent;
}

test('an agent of others reads, writes and looks things up', async () => {
  const client = await connect(all.token);
  assert.equal(client.getServerVersion().name, 'biseda');
  const { tools } = await client.listTools();
  assert.equal(tools.length, 10);
  const { items: [conversation] } = await call(client, 'list_conversations', { limit: 1 });
  const { messages } = await call(client, 'read_messages', { conversation_id: conversation.id });
  assert.ok(messages.length > 0);
  const note = await call(client, 'add_note', { conversation_id: conversation.id, content: 'Seen by an agent.' });
  const read = await all.call('GET', `conversations/${conversation.id}/messages`);
  assert.equal(read.at(-1).id, note.id);
  const contact = await call(client, 'create_contact', { name: 'Ana of MCP' });
  const { items } = await call(client, 'search_contacts', { query: 'ana of mcp' });
  assert.deepEqual(items.map((one) => one.id), [contact.id]);
  const { passages } = await call(client, 'search_knowledge', { query: 'How long does delivery take?' });
  assert.ok(passages.length > 0 && passages[0].content);
  const missing = await call(client, 'get_contact', { contact_id: conversation.id });
  assert.equal(missing.error.code, 'not_found');
  await client.close();
});

test('keys do what their scopes allow, until they are revoked', async () => {
  const limited = await key(server, ['contacts:read']);
  const client = await connect(limited.token);
  assert.equal((await call(client, 'create_contact', { name: 'Nobody' })).error.code, 'forbidden');
  assert.equal((await call(client, 'list_conversations')).error.code, 'forbidden');
  assert.ok((await call(client, 'search_contacts')).items.length > 0);
  await limited.revoke();
  // Who asked a moment ago may be answered a little longer.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await assert.rejects(call(client, 'search_contacts'), /unauthenticated/);
  await assert.rejects(connect('bsd_guess'), /unauthenticated/);
  await assert.rejects(connect(), /unauthenticated/);
});
