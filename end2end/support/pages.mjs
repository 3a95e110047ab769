// Every page that people can open, by name. Pages of one thing show the first of its list.

/** Public pages. */
export const publicPages = {
  landing: '/',
  login: '/login',
  'second step': '/login/code',
  'no organization': '/login/organization',
  signup: '/signup',
  'forgotten password': '/reset',
  'link that is too old': '/reset/none',
  'address that is confirmed': '/verify/done',
  'invitation that is too old': '/invitation/none',
  suspended: '/suspended',
  'second factor for operators': '/admin/second-factor',
  missing: '/nothing',
};

const id = '[0-9a-f-]{36}';

/** The dashboard's pages; `page` belongs to somebody signed in. */
export async function dashboardPages(page, server) {
  const find = async (from, pattern) => {
    await page.goto(server.url + from);
    const links = await page.locator('main a[href]').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    const found = links.find((link) => new RegExp(`^${pattern}`).test(link));
    if (!found) throw new Error(`${from} links to nothing like ${pattern}: ${links.join(' ')}`);
    return found;
  };
  const [conversation, contact, source, agent, channel] = [
    await find('/app/inbox?list=all', `/app/inbox/${id}`),
    await find('/app/contacts', `/app/contacts/${id}`),
    await find('/app/knowledge', `/app/knowledge/${id}`),
    await find('/app/agents', `/app/agents/${id}`),
    await find('/app/channels', `/app/channels/${id}`),
  ];
  const closed = await find('/app/inbox?list=closed', `/app/inbox/${id}`);
  const document = await find(source, '/app/knowledge/.+/documents/');
  return {
    'address to confirm': '/verify/none',
    overview: '/app',
    inbox: '/app/inbox?list=all',
    'empty inbox': '/app/inbox?list=snoozed',
    conversation,
    'closed conversation': closed,
    'contact of a conversation': `${conversation}${conversation.includes('?') ? '&' : '?'}panel=1`,
    'canned answers': '/app/inbox/canned',
    contacts: '/app/contacts',
    contact,
    sources: '/app/knowledge',
    'add a source': '/app/knowledge/new',
    'add a website': '/app/knowledge/new/website',
    'add a file': '/app/knowledge/new/file',
    'add a text': '/app/knowledge/new/text',
    source,
    document,
    answers: '/app/knowledge/answers',
    'search of the knowledge': '/app/knowledge/search?q=deposit+for+a+tent',
    agents: '/app/agents',
    'new agent': '/app/agents/new',
    agent,
    playground: `${agent.replace(/\/playground$/, '')}/playground`,
    channels: '/app/channels',
    'new channel': '/app/channels/new',
    channel,
    organization: '/app/settings',
    members: '/app/settings/members',
    'API keys': '/app/settings/api-keys',
    webhooks: '/app/settings/webhooks',
    'new webhook': '/app/settings/webhooks/new',
    'audit log': '/app/settings/audit',
    roles: '/app/settings/roles',
    'new role': '/app/settings/roles?edit=new',
    teams: '/app/settings/teams',
    'new team': '/app/settings/teams?edit=new',
    'own organizations': '/app/settings/organizations',
    profile: '/app/settings/profile',
    appearance: '/app/settings/appearance',
    'a page that is not there': '/app/nothing',
    'a contact that is not there': '/app/contacts/00000000-0000-0000-0000-000000000000',
    'a conversation that is not there': '/app/inbox/00000000-0000-0000-0000-000000000000',
  };
}

/** The operators' pages; `page` belongs to an operator (see operator.mjs). */
export async function adminPages(page, server) {
  const first = async (from, pattern) => {
    await page.goto(server.url + from);
    const links = await page.locator('main td a[href]').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    const found = links.find((link) => new RegExp(`^${pattern}`).test(link));
    if (!found) throw new Error(`${from} links to nothing like ${pattern}: ${links.join(' ')}`);
    return found;
  };
  return {
    'the service': '/admin',
    organizations: '/admin/organizations',
    'organizations that nobody has': '/admin/organizations?q=nothing-like-this',
    'an organization': await first('/admin/organizations', `/admin/organizations/${id}`),
    users: '/admin/users',
    'a user': await first('/admin/users', `/admin/users/${id}`),
    jobs: '/admin/jobs',
    'failing webhooks': '/admin/webhooks',
    mails: '/admin/mail',
    'a mail': await first('/admin/mail', `/admin/mail/${id}`),
    'sources in trouble': '/admin/sources',
    system: '/admin/system',
    announcements: '/admin/announcements',
    flags: '/admin/flags',
    "operators' log": '/admin/audit',
  };
}
