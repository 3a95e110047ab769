// An authenticator app.
import { createHmac } from 'node:crypto';

/** The code that an authenticator app shows for a secret in base32 (RFC 6238). */
export function code(secret, time = Date.now()) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(time / 30000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const start = digest.at(-1) & 15;
  return String((digest.readUInt32BE(start) & 0x7fffffff) % 1000000).padStart(6, '0');
}

/** Sets a second factor up for who is signed in on the page, and gives its secret. */
export async function secure(page, url, password) {
  await page.goto(`${url}/app/settings/profile`);
  await page.locator('#second-password').fill(password);
  await page.getByRole('button', { name: 'Set up' }).first().click();
  const secret = await page.locator('code').innerText();
  await page.getByLabel('Code shown in the app').fill(code(secret));
  await page.getByRole('button', { name: 'Turn on' }).click();
  await page.getByText(/Recovery codes left: 10/).waitFor();
  return secret;
}
