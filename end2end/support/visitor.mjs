// A visitor without a browser: what the widget asks of the server, and nothing more.
import { randomUUID } from 'node:crypto';

/** A new visitor on the demonstration's channel. */
export async function newVisitor(demo, { name, email } = {}) {
  let token;
  const request = async (method, path, body) => {
    const response = await fetch(`${demo.server.url}/widget/api/${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: body && JSON.stringify(body),
    });
    const answer = await response.json();
    if (!answer.success) throw new Error(`${path}: ${JSON.stringify(answer.error)}`);
    return answer.data;
  };
  ({ token } = await request('POST', 'session', { channel_key: demo.key }));
  if (name ?? email) ({ token } = await request('POST', 'identify', { name, email }));
  return {
    /** Writes a message; gives the conversation's id. */
    say: async (content) => (await request('POST', 'messages', { content, client_id: randomUUID() })).conversation_id,
    /** Asks for a person, so that no agent answers. */
    askForPerson: () => request('POST', 'person'),
    /** What the visitor sees now. */
    conversation: async () => (await request('GET', 'conversation')).conversation,
  };
}
