// A program over the client that is generated from the document: what does not fit the document does not compile.
import createClient from 'openapi-fetch';
import type { paths } from '../../target/client/schema.js';

/** Works through a day of a shop, and gives what it has made. */
export async function day(url: string, key: string) {
  const api = createClient<paths>({ baseUrl: url, headers: { authorization: `Bearer ${key}` } });
  /** The data of an answer, or the error. */
  const ok = <T>(answer: { data?: { success: boolean; data: T }; error?: { error: { code: string; message: string } } }): T => {
    if (!answer.data) throw new Error(`${answer.error?.error.code}: ${answer.error?.error.message}`);
    return answer.data.data;
  };

  const me = ok(await api.GET('/api/v1/me'));
  const contact = ok(await api.POST('/api/v1/contacts', {
    body: { name: 'Ana Hoxha', email: 'ana@shop.example', tags: ['vip'] },
    params: { header: { 'Idempotency-Key': 'day-ana' } },
  }));
  const again = ok(await api.POST('/api/v1/contacts', {
    body: { name: 'Ana Hoxha', email: 'ana@shop.example', tags: ['vip'] },
    params: { header: { 'Idempotency-Key': 'day-ana' } },
  }));
  const [channel] = ok(await api.GET('/api/v1/channels', { params: { query: { limit: 1 } } }));
  const conversation = ok(await api.POST('/api/v1/conversations', {
    body: { contact_id: contact.id, channel_id: channel.id, content: 'Your order is on its way.' },
  }));
  const params = { path: { id: conversation.id } };
  ok(await api.POST('/api/v1/conversations/{id}/messages', { params, body: { content: 'Mind the date.', is_note: true } }));
  const messages = ok(await api.GET('/api/v1/conversations/{id}/messages', { params }));
  const changed = ok(await api.PATCH('/api/v1/contacts/{id}', {
    params: { path: { id: contact.id } },
    body: { company: 'Alba' },
  }));
  const closed = ok(await api.POST('/api/v1/conversations/bulk', { body: { action: 'close', ids: [conversation.id] } }));
  const organization_id = me.organization_id;
  const team = ok(await api.POST('/api/v1/organizations/{organization_id}/teams', {
    params: { path: { organization_id } },
    body: { name: 'Shop' },
  }));
  const hook = ok(await api.POST('/api/v1/webhook-subscriptions', {
    body: { url: 'https://shop.example/hooks', events: ['message.created'] },
  }));
  const log = ok(await api.GET('/api/v1/audit-logs', { params: { query: { action: 'team.created' } } }));
  const missing = await api.GET('/api/v1/contacts/{id}', { params: { path: { id: organization_id } } });
  const wrong = await api.POST('/api/v1/contacts', { body: { email: 'nobody' } });
  return {
    contact, again, messages, changed, closed, team, hook, log,
    missing: missing.error?.error.code,
    wrong: wrong.error?.error.details[0]?.rule,
  };
}
