/**
 * Messages on their way. Each has an id that this browser made once; it stays in storage until the server has
 * confirmed the message, so that what was written offline is sent when the connection is back, and only once. Each has a
 * key of its own there: two tabs that write at the same moment take nothing from each other.
 */
import { request } from "./api.js";
import { isOurs, reconnect } from "./live.js";
import { explain } from "./reasons.js";
import { ensureSession, refresh, tellKnown, tellSession } from "./session.js";
import { changed, mergeMessages, state } from "./state.js";
import * as storage from "./storage.js";
import { alone, tell } from "./tabs.js";

let timer = null;
let pause = 1000;

const kept = (id) => storage.read(storage.OUTBOX + id);

function save(item) {
  storage.write(storage.OUTBOX + item.client_id, item);
  told();
}

function update(id, change) {
  const item = kept(id);
  if (item) save({ ...item, ...change });
}

function drop(id) {
  storage.remove(storage.OUTBOX + id);
  told();
}

function told() {
  tell("outbox");
  reloadOutbox();
}

/** This tab or another one has changed it. */
export function reloadOutbox() {
  state.outbox = storage.outbox();
  changed();
}

/** An id that no other message has; frames without a secure context lack `randomUUID`. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Queues a message and sends it as soon as possible. */
export function sendMessage(content, attachments = []) {
  save({ client_id: newId(), content, attachments, page_url: state.pageUrl, created_at: new Date().toISOString(), status: "queued" });
  tellKnown();
  flush();
}

/** Tries a failed message again, under its old id. */
export function retry(id) {
  update(id, { status: "queued", reason: null });
  flush();
}

/** Takes a failed message back. */
export const discard = drop;

/** A message has come back from the server: it is no longer on its way. */
export function confirm(messages) {
  const here = new Set(messages.map((message) => message.client_id));
  for (const { client_id } of state.outbox) if (here.has(client_id)) drop(client_id);
}

/** Sends what waits, oldest first, in one tab at a time. */
export function flush() {
  clearTimeout(timer);
  return alone("outbox", async () => {
    for (;;) {
      const item = storage.outbox().find(({ status }) => status === "queued");
      if (!item) return;
      try {
        await ensureSession();
        // Taken back meanwhile, or another visitor's by now.
        if (!kept(item.client_id)) continue;
        await deliver(item);
        pause = 1000;
      } catch (error) {
        if (error.isTemporary) {
          timer = setTimeout(flush, error.retryAfter * 1000 || pause);
          pause = Math.min(pause * 2, 30_000);
          return;
        }
        update(item.client_id, { status: "failed", reason: explain(error), code: error.code });
      }
    }
  });
}

async function deliver({ client_id, content, attachments, page_url }) {
  const sent = await request("POST", "messages", { client_id, content, page_url, attachments: attachments.map(({ id }) => id) });
  const isNew = sent.conversation_id !== state.conversation?.id;
  if (isNew) await refresh().catch(() => {});
  if (sent.conversation_id === state.conversation?.id) mergeMessages([sent.message]);
  drop(client_id);
  // The server moves the visitor's sockets to a conversation that begins; to one that had begun elsewhere ours has to follow.
  if (isNew && (sent.message.seq > 1 || !isOurs())) reconnect();
  if (isNew) tellSession();
}
