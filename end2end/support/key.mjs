// A program's way in: the demonstration organization, and a key for it.

const credentials = { email: 'demo@example.com', password: 'correct horse battery' };

/** Seeds the demonstration, signs its owner in over the API, and gives a key with these scopes (all, when none are named). */
export async function seededKey(server, scopes) {
  await server.run('seed', '--email', credentials.email, '--password', credentials.password);
  return key(server, scopes);
}

/** Another key. `revoke()` ends it. */
export async function key(server, scopes) {
  const cookie = await signIn(server);
  const call = async (method, path, body) => {
    const headers = { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}/api/v1/${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? undefined : (await answer.json()).data;
  };
  const me = await call('GET', 'me');
  const keys = `organizations/${me.organization_id}/api-keys`;
  const made = await call('POST', keys, { name: 'Judge', scopes: scopes ?? me.permissions });
  return { token: made.token, call, revoke: () => call('DELETE', `${keys}/${made.id}`) };
}

/** Signs in over the API, and gives the cookie. */
async function signIn(server) {
  const answer = await fetch(`${server.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
    body: JSON.stringify(credentials),
  });
  const cookie = answer.headers.getSetCookie().find((one) => one.startsWith('biseda_session='));
  if (!cookie) throw new Error(`no session: ${answer.status} ${await answer.text()}`);
  return cookie.split(';')[0];
}
