// Messages between windows: the widget's frame and the loader around it hear each other, and nobody else. Each script is
// loaded into a page of the test's own making; no browser is needed to say who has sent something.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

const US = 'https://biseda.example';
const SHOP = 'https://shop.example';
const STRANGERS = ['https://evil.example', 'https://shop.example.evil.example', 'http://shop.example', 'null', '', US];

let loads = 0;
const load = (path) => import(`../public/widget/${path}?${(loads += 1)}`);

/** A window that keeps what is listened to and what is posted to it. */
function someWindow() {
  const listeners = [];
  const posted = [];
  return {
    posted,
    addEventListener: (type, listener) => type === 'message' && listeners.push(listener),
    postMessage: (message, target) => posted.push({ message, target }),
    receive: (event) => listeners.forEach((listener) => listener(event)),
  };
}

const globals = ['window', 'location', 'document', 'localStorage', 'matchMedia', 'getComputedStyle'];
function surround(things) {
  for (const name of globals) Object.defineProperty(globalThis, name, { value: things[name], configurable: true, writable: true });
}
afterEach(() => surround({}));

test('the frame does what the page around it says, and nothing that others say', async () => {
  const parent = someWindow();
  const window = { ...someWindow(), parent };
  surround({ window, location: { hash: `#${SHOP}`, origin: US } });
  const { listenToHost, tellHost } = await load('app/host.js');
  const heard = [];
  listenToHost({ identify: (data) => heard.push(data), preview: (data) => heard.push(data) });
  const identify = { biseda: 1, type: 'identify', identity: { userId: 'admin' } };
  for (const origin of STRANGERS) {
    window.receive({ source: parent, origin, data: identify });
    window.receive({ source: someWindow(), origin, data: identify });
  }
  // From the right page, but from another of its windows; and things that are no messages of ours.
  window.receive({ source: someWindow(), origin: SHOP, data: identify });
  for (const data of [null, 'identify', 7, {}, { type: 'identify' }, { biseda: 2, type: 'identify' }, { biseda: 1 }]) {
    window.receive({ source: parent, origin: SHOP, data });
  }
  for (const type of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    window.receive({ source: parent, origin: SHOP, data: { biseda: 1, type } });
  }
  assert.deepEqual(heard, []);
  window.receive({ source: parent, origin: SHOP, data: { biseda: 1, type: 'preview' } });
  assert.deepEqual(heard, [], 'only our own dashboard previews');
  window.receive({ source: parent, origin: SHOP, data: identify });
  assert.deepEqual(heard, [identify]);

  tellHost('message', { message: 'secret' });
  assert.deepEqual(parent.posted.map(({ target }) => target), [SHOP], 'the browser gives it to that page alone');
});

test('a frame that does not know its page tells nobody anything', async () => {
  for (const hash of ['', '#', '#!{}']) {
    const parent = someWindow();
    const window = { ...someWindow(), parent };
    surround({ window, location: { hash, origin: US } });
    const { listenToHost, tellHost } = await load('app/host.js');
    const heard = [];
    listenToHost({ identify: (data) => heard.push(data) });
    for (const origin of [...STRANGERS.filter(Boolean), SHOP]) {
      window.receive({ source: parent, origin, data: { biseda: 1, type: 'identify' } });
    }
    tellHost('message', { message: 'secret' });
    assert.deepEqual([heard, parent.posted], [[], []], hash);
  }
});

test('the loader does what its own frame says, and nothing that others say', async () => {
  const frame = someWindow();
  const element = () => ({ setAttribute() {}, toggleAttribute() {}, append() {}, style: {}, focus() {}, contentWindow: frame });
  const window = someWindow();
  const kept = new Map();
  const localStorage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value), removeItem: (name) => kept.delete(name) };
  surround({
    window,
    location: { origin: SHOP, href: `${SHOP}/` },
    document: { createElement: element, documentElement: element(), title: 'Shop' },
    localStorage,
    matchMedia: () => ({ matches: false, addEventListener() {} }),
    getComputedStyle: () => ({ direction: 'ltr' }),
  });
  const { createPanel } = await load('loader/panel.js');
  const { createStore } = await load('loader/store.js');
  const events = [];
  const unread = [];
  const panel = createPanel({
    origin: US, key: 'k', options: {}, appearance: { title: 'Help', labels: { open: 'Open' } },
    api: { emit: (...event) => events.push(event) },
    launcher: { setUnread: (count) => unread.push(count), setOpen() {}, button: element() },
    store: createStore('k'),
  });
  const forged = [
    { biseda: 1, type: 'unread', count: 99 }, { biseda: 1, type: 'message', message: 'forged' },
    { biseda: 1, type: 'keep', key: 'token', value: 'forged' }, { biseda: 1, type: 'session', known: true },
  ];
  // Before there is a frame, nobody is it.
  forged.forEach((data) => window.receive({ source: frame, origin: US, data }));
  panel.load();
  for (const data of forged) {
    for (const origin of [SHOP, 'https://evil.example', 'null', `${US}.evil.example`]) window.receive({ source: frame, origin, data });
    window.receive({ source: someWindow(), origin: US, data });
  }
  for (const data of [null, 7, 'unread', { type: 'unread', count: 1 }, { biseda: 1, type: '__proto__' }]) {
    window.receive({ source: frame, origin: US, data });
  }
  assert.deepEqual([events, unread, [...kept]], [[], [], []]);
  panel.actions.identify({ userId: 'ana' });
  assert.deepEqual(frame.posted, [], 'nothing is told to a frame that has not said that it is ours');
  window.receive({ source: frame, origin: US, data: { biseda: 1, type: 'ready' } });
  assert.deepEqual(frame.posted.map(({ target }) => target), [US], 'the browser gives it to our origin alone');
  window.receive({ source: frame, origin: US, data: forged[0] });
  assert.deepEqual(unread, [99]);
});
