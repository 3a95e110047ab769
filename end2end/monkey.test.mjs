// Somebody who does anything at all in the dashboard, on a slow line that now and then loses an answer, while customers write:
// the script does not come to an end. `MONKEY_SECONDS` says for how long each, `MONKEY_SEED` which way.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newPage, visit } from './support/browser.mjs';
import { session, startDemo } from './support/demo.mjs';
import { operator } from './support/operator.mjs';
import { adminPages, dashboardPages } from './support/pages.mjs';

const seconds = Number(process.env.MONKEY_SECONDS ?? 30);
const seed = Number(process.env.MONKEY_SEED ?? Date.now() % 1_000_000);

let demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo?.stop());

/** Where somebody can go. */
async function paths(pages, who) {
  const page = await newPage(demo.browser, { ...who, javaScriptEnabled: false });
  const all = Object.values(await pages(page, demo.server)).filter((path) => /^.(app|admin)/.test(path));
  await page.context().close();
  return all;
}

/** Numbers from 0 to 1, the same for the same seed (Park and Miller's generator). */
function numbers(state) {
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** In the page: lets answers come late, in another order, or not at all. */
function slowly() {
  const { fetch } = window;
  window.fetch = async (...request) => {
    const wait = new Promise((done) => setTimeout(done, Math.random() * (Math.random() < 0.3 ? 1_200 : 60)));
    if (Math.random() < 0.5) await wait;
    const response = await fetch(...request);
    await wait;
    if (Math.random() < 0.02) throw new TypeError('Failed to fetch');
    return response;
  };
}

/** In the page: does something with one of the elements, and says what. What ends the session or the data is left alone. */
function act([which, how, whether], selector) {
  const forbidden = /sign out|delete|remove|leave|revoke|end other|suspend|work as|turn off/i;
  const can = (element) => element.checkVisibility() && !element.closest('[inert]') && !element.disabled && !element.target
    && !forbidden.test(`${element.textContent} ${element.ariaLabel}`) && !/password|file|hidden/.test(element.type ?? '');
  const all = [...document.querySelectorAll(selector)].filter(can);
  const element = all[Math.floor(which * all.length)];
  if (!element) return 'nothing';
  const tell = (name) => element.dispatchEvent(new Event(name, { bubbles: true }));
  if (element.matches('select')) {
    element.selectedIndex = Math.floor(how * element.options.length);
    tell('input');
    tell('change');
  } else if (element.matches('textarea, input:not([type=checkbox], [type=radio], [type=submit])')) {
    element.focus();
    element.value = ['tent', 'Arta', '', 'x'.repeat(50), '<b>'][Math.floor(how * 5)];
    tell('input');
    if (whether < 0.3) element.blur();
    if (whether > 0.8) element.form?.requestSubmit();
  } else {
    element.click();
  }
  return `${element.tagName} ${element.getAttribute('href') ?? (element.name || element.textContent.trim())}`.slice(0, 80);
}

const links = '.inbox-rows a, nav a:is([href^="/app"], [href^="/admin"])';
const anything = 'a:is([href^="/app"], [href^="/admin"], [href^="?"]), button, summary, input, select, textarea, [role=option]';
const keys = ['j', 'k', 'Escape', '/', 'Enter', 'Tab', 'x', 'e', 'a', 'r', 'n', '?', 'Control+k', 'ArrowDown', 'g'];

/** Customers who write, one after the other, until it is over. */
async function customers(isOver) {
  let token;
  const ask = async (path, body) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${demo.server.url}/widget/api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return answer.ok ? (await answer.json()).data : undefined;
  };
  for (let number = 0; !isOver(); number++) {
    if (number % 8 === 0) token = (await ask('session', { channel_key: demo.key }))?.token;
    await ask('messages', { content: 'How do I rent a tent?', client_id: `monkey-${number}` });
    if (number % 5 === 0) await ask('person', {});
    await new Promise((done) => setTimeout(done, 700));
  }
}

/** Does anything for a time as `who`, on one of `all` pages after the other. */
async function wander(who, all) {
  const [random, done] = [numbers(seed + 1), []];
  const one = (list) => list[Math.floor(random() * list.length)];
  const page = await newPage(demo.browser, who);
  page.setDefaultTimeout(5_000);
  page.on('dialog', (dialog) => dialog.accept().catch(() => {}));
  await page.addInitScript(slowly);
  const end = Date.now() + seconds * 1_000;
  const writing = customers(() => Date.now() > end);
  const step = async () => {
    const choice = random();
    if (choice < 0.03 || !/\/(app|admin)/.test(page.url())) {
      const path = one(all);
      await visit(page, demo.server.url + path);
      return `visit ${path}`;
    }
    if (choice < 0.09) {
      await page.goBack({ waitUntil: 'commit' });
      return 'back';
    }
    if (choice < 0.2) {
      const key = one(keys);
      await page.keyboard.press(key);
      return `press ${key}`;
    }
    return page.evaluate(`(${act})(${JSON.stringify([random(), random(), random()])}, '${choice < 0.45 ? links : anything}')`);
  };
  while (Date.now() < end) {
    // A page that is being left answers nothing; the next step goes on from there.
    done.push(`${await step().catch((error) => `${error}`.split('\n')[0])} at ${page.url()}`);
    const panics = page.problems.splice(0).filter((problem) => problem.includes('panicked'));
    assert.deepEqual(panics, [], done.slice(-12).join('\n'));
    await page.waitForTimeout(random() * (random() < 0.5 ? 60 : 700));
  }
  await writing;
  assert.ok(done.length > seconds / 2, `${done.length} steps`);
  await page.context().close();
}

const options = { timeout: (seconds + 120) * 1_000 };

test(`nothing that a member does stops the script: seed ${seed}`, options, async () => {
  const owner = await session(demo);
  await wander(owner, await paths(dashboardPages, owner));
});

test(`nothing that an operator with a phone does stops the script: seed ${seed}`, options, async () => {
  const operates = await operator(demo.server, demo.browser);
  await wander({ ...operates, viewport: { width: 360, height: 740 } }, await paths(adminPages, operates));
});
