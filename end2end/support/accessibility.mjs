// axe on a page; the page's context needs `bypassCSP: true`.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const source = await readFile(join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js'), 'utf8');

/** Fails with a readable list when axe finds a violation of WCAG 2.2 AA in the page or frame. */
export async function assertAccessible(frame, name) {
  const found = await violations(frame);
  assert.equal(found.length, 0, `${name}:\n  ${found.join('\n  ')}`);
}

/** What axe finds in the page or frame, once nothing moves any more. */
export async function violations(frame) {
  // Only those that time moves: an animation that scrolling moves has no end, nor has a spinner.
  await frame.evaluate(() => document.getAnimations()
    .filter((animation) => animation.timeline === document.timeline && animation.effect.getComputedTiming().endTime !== Infinity)
    .forEach((animation) => animation.finish()));
  await frame.evaluate(source);
  const { violations } = await frame.evaluate(() => axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }));
  return violations.map(({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.slice(0, 5).map((node) => `${node.html.slice(0, 160)} ${node.any.map((check) => check.message)[0] ?? ''}`).join('\n    ')}`);
}
