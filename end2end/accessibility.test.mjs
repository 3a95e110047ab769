// axe finds nothing on any page, light on a wide screen and dark on a phone, nor in the widget.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertAccessible, violations } from './support/accessibility.mjs';
import { newPage, visit } from './support/browser.mjs';
import { session, startDemo } from './support/demo.mjs';
import { openWidget, say } from './support/member.mjs';
import { operator } from './support/operator.mjs';
import { adminPages, dashboardPages, publicPages } from './support/pages.mjs';
import { startSite } from './support/site.mjs';

let demo, site, owner, operates;
before(async () => {
  [demo, site] = await Promise.all([startDemo(), startSite()]);
  owner = await session(demo);
  operates = await operator(demo.server, demo.browser);
});
after(async () => {
  await site?.stop();
  await demo?.stop();
});

const looks = {
  'light on a wide screen': { colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  'dark on a phone': { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
};

for (const [look, options] of Object.entries(looks)) {
  describe(look, () => {
    // All pages are looked at before the test fails, so that one run names everything.
    const look = async (page, pages) => {
      const found = {};
      for (const [name, path] of Object.entries(pages)) {
        await visit(page, demo.server.url + path);
        const here = await violations(page);
        if (here.length) found[name] = here;
      }
      assert.deepEqual(found, {});
    };
    const open = (state = {}) => newPage(demo.browser, { ...options, ...state, bypassCSP: true });

    test('public pages', async () => {
      const page = await open();
      await look(page, publicPages);
      await page.context().close();
    });

    test('every page of the dashboard', async () => {
      const page = await open(owner);
      await look(page, await dashboardPages(page, demo.server));
      await page.context().close();
    });

    test('every page of operators', async () => {
      const page = await open(operates);
      await look(page, await adminPages(page, demo.server));
      await page.context().close();
    });

    test('what opens in and over the pages', async () => {
      const page = await open(owner);
      await visit(page, `${demo.server.url}/app/contacts`);
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').waitFor();
      assert.ok(await page.getByRole('combobox', { name: /page/ }).evaluate((field) => field === document.activeElement), 'the palette takes the keys');
      await assertAccessible(page, 'palette');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
      await assertAccessible(page, 'shortcuts');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await page.getByRole('link', { name: /New contact/ }).click();
      await page.getByRole('dialog').waitFor();
      await assertAccessible(page, 'dialog');
      await visit(page, `${demo.server.url}/app/settings`);
      await page.locator('summary', { hasText: 'Delete organization' }).click();
      await page.getByLabel(/to confirm/).waitFor();
      await assertAccessible(page, 'question');
      await page.context().close();
    });

    test('the widget in a conversation', async () => {
      const page = await open();
      const widget = await openWidget(page, demo.server, site, demo.key);
      const frame = page.frames().find((other) => other !== page.mainFrame());
      await assertAccessible(page, 'page with the widget');
      await assertAccessible(frame, 'widget before a message');
      await say(widget, 'How much does delivery cost?');
      const source = widget.getByRole('button', { name: /^Source 1/ }).first();
      await source.waitFor({ timeout: 60_000 });
      await assertAccessible(frame, 'widget with an answer');
      await widget.getByRole('button', { name: 'Menu' }).click();
      await widget.getByRole('menuitem').first().waitFor();
      await assertAccessible(frame, 'menu of the widget');
      await page.keyboard.press('Escape');
      await source.click();
      await widget.locator('mark').waitFor();
      await assertAccessible(frame, 'source of an answer');
      await page.context().close();
    });
  });
}
