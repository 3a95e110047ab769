/** The visitor's session and conversation: start, identify, load, read, end, restart. */
import { renewal, request, token } from "./api.js";
import { config } from "./config.js";
import { tellHost } from "./host.js";
import { changed, isInbound, mergeMessages, setConversation, sorted, state } from "./state.js";
import * as storage from "./storage.js";
import { tell } from "./tabs.js";

let starting = null;

function take(session) {
  token.set(session.token);
  state.contactEmail = session.contact_email;
  state.contactName = session.contact_name;
  state.membersOnline = session.members_online;
  state.phase = "ready";
  setConversation(session.conversation);
  tellHost("session", { known: Boolean(session.conversation) });
  changed();
}

/** There is no session: it could not be made, or (status 403) the channel takes nobody any more. */
export function failed(error) {
  state.phase = error.status === 403 ? "closed" : "failed";
  changed();
}

/** Starts or resumes the session; several callers share one request. */
export function ensureSession() {
  if (state.phase === "ready") return Promise.resolve();
  return (starting ??= start().finally(() => (starting = null)));
}

async function start() {
  state.phase = "starting";
  changed();
  try {
    take(await request("POST", "session", { channel_key: config.key, token: token.get(), language: config.language }));
  } catch (error) {
    failed(error);
    throw error;
  }
}

renewal.renew = () => {
  state.phase = "idle";
  return ensureSession();
};

// Goes along with later attributes too: a channel may take signed identities only.
let proof = {};

/** Says who the visitor is; the loader's page asks for it. */
export async function identify(identity) {
  try {
    await ensureSession();
    const { userId, signature, name, email, phone, attributes } = identity ?? {};
    if (userId !== undefined) proof = { user_id: String(userId), signature };
    take(await request("POST", "identify", { ...proof, name, email, phone, attributes }));
    tell("session");
  } catch (error) {
    tellHost("error", { error: { code: error.code, message: error.message, details: error.details } });
  }
}

/** Forgets this visitor: after a sign-out on the page, the next person must not see the conversation. */
export async function reset() {
  proof = {};
  token.clear();
  storage.remove("outbox");
  storage.remove("draft");
  state.outbox = [];
  setConversation(null);
  state.phase = "idle";
  tell("session");
  await ensureSession();
}

/** Loads the conversation anew. */
export async function refresh() {
  const { conversation, members_online } = await request("GET", "conversation");
  state.membersOnline = members_online;
  setConversation(conversation);
  tellHost("session", { known: Boolean(conversation) });
}

/** Loads the page of messages before the oldest that is here. */
export async function loadEarlier() {
  const { conversation } = state;
  const before = sorted()[0]?.seq;
  if (!conversation?.has_more || before === undefined) return;
  const { messages, has_more } = await request("GET", `messages?conversation=${conversation.id}&before=${before}`);
  if (state.conversation?.id === conversation.id) state.conversation.has_more = has_more;
  mergeMessages(messages);
}

/** Marks as read what the visitor sees now. */
export function markRead() {
  const { conversation } = state;
  if (!conversation || !state.open || document.visibilityState !== "visible") return;
  const seq = sorted().filter(isInbound).at(-1)?.seq ?? 0;
  if (seq <= conversation.contact_read_seq) return;
  conversation.contact_read_seq = seq;
  changed();
  tell("read", { conversation: conversation.id, seq });
  request("POST", "read", { conversation_id: conversation.id, seq }).catch(() => {});
}

/** Asks for a person. */
export const requestPerson = async () => setConversation((await request("POST", "person")).conversation);

/** Ends the conversation. */
export const endConversation = async () => setConversation((await request("POST", "end")).conversation);

/** Leaves the ended conversation and shows an empty one; the first message begins it. */
export async function restart() {
  await request("POST", "restart");
  setConversation(null);
  tell("session");
}

/** Leaves an address for an answer by e-mail. */
export async function leaveEmail(email) {
  await request("POST", "email", { email });
  state.contactEmail = email;
  await refresh();
}
