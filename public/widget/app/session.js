/** The visitor's session and conversation: start, identify, load, read, end, restart. */
import { renewal, request, token } from "./api.js";
import { config } from "./config.js";
import { tellHost } from "./host.js";
import { changed, isOutbound, mergeMessages, setConversation, sorted, state } from "./state.js";
import * as storage from "./storage.js";
import { alone, tell } from "./tabs.js";

let starting = null;
/** Whether the other tabs wait to hear of the next session. */
let isAwaited = false;
/** After a reset in another tab: settled when that has told of the next visitor's session; true when it was waited for in vain. */
let coming = null;
let come = null;
/** How long that tab may take. It may have been closed. */
const PATIENCE = 5000;
/** The first pause before a session that could not be made is tried again; it grows. */
const PAUSE = 2000;
let pause = PAUSE;
let timer = null;

/** Asks for the present visitor. When another one has come meanwhile, nobody wants the answer any more, or the error. */
async function ask(accept, ...question) {
  const { era } = state;
  try {
    const answer = await request(...question);
    if (era === state.era) await accept(answer);
  } catch (error) {
    if (era === state.era) throw error;
  }
}

/** Tells the loader whether there is anything for which the frame is worth loading early. */
export const tellKnown = () => tellHost("session", { known: Boolean(state.conversation || state.outbox.length) });

function take(session) {
  pause = PAUSE;
  token.set(session.token);
  if (isAwaited) tellSession();
  isAwaited = false;
  state.contactEmail = session.contact_email;
  state.contactName = session.contact_name;
  state.membersOnline = session.members_online;
  state.phase = "ready";
  setConversation(session.conversation);
  tellKnown();
  changed();
}

/**
 * There is no session: it could not be made, or (status 403) the channel takes nobody any more. What may succeed later is
 * tried again by itself; not by all browsers at once.
 */
export function failed(error) {
  state.phase = error.status === 403 ? "closed" : "failed";
  changed();
  if (!error.isTemporary) return;
  clearTimeout(timer);
  timer = setTimeout(() => ensureSession().catch(() => {}), (error.retryAfter * 1000 || pause) * (1 + Math.random() / 2));
  pause = Math.min(pause * 2, 60_000);
}

/** Starts or resumes the session; several callers share one request. */
export function ensureSession(options) {
  if (state.phase === "ready") return Promise.resolve();
  if (!starting) {
    const mine = start(options).finally(() => starting === mine && (starting = null));
    starting = mine;
  }
  return starting;
}

async function start(options) {
  const { era } = state;
  state.phase = "starting";
  changed();
  // Two tabs that begin by themselves would be two visitors, of which one is lost.
  if (await coming) isAwaited ||= era === state.era;
  // One tab after the other: those who begin at the same moment are one visitor.
  const begin = async () => era === state.era && ask(take, "POST", "session", { channel_key: config.key, token: token.get(), language: config.language });
  try {
    await alone("session", begin, options);
  } catch (error) {
    if (era === state.era) {
      failed(error);
      throw error;
    }
  }
  // Overtaken by a reset: whoever waits for a session waits for the next visitor's.
  if (era !== state.era) return ensureSession();
}

renewal.renew = () => {
  state.phase = "idle";
  return ensureSession();
};

// Goes along with later attributes too: a channel may take signed identities only.
let proof = {};
/** What the page has said about the visitor while the server could not be told. */
let missed = null;

/** What was said earlier and what is said now, which counts more. */
const joined = (earlier, now) => ({ ...earlier, ...now, attributes: { ...earlier?.attributes, ...now?.attributes } });

/** Whether a session shows what is on screen already. */
const isShown = ({ conversation, contact_email: email, contact_name: name }) =>
  conversation?.id === state.conversation?.id && email === state.contactEmail && name === state.contactName;

/** The last thing that was said about the visitor, until it has been told. */
let telling = Promise.resolve();

/** Says who the visitor is; the loader's page asks for it, on each of its pages. Gives whether that changes anything here. */
export function identify(identity) {
  const { era } = state;
  // One after the other: two requests may overtake each other, and what was said last is to stay.
  telling = telling.then(() => era === state.era && tellIdentity(identity));
  return telling;
}

async function tellIdentity(identity) {
  const { era } = state;
  const earlier = missed;
  const { userId, signature, name, email, phone, attributes } = (earlier ? joined(earlier, identity) : identity) ?? {};
  let isNews = false;
  const accept = (session) => {
    if (missed === earlier) missed = null;
    isNews = !isShown(session);
    // Else the other tabs and the socket have nothing to begin anew for.
    if (!isNews) return;
    take(session);
    tellSession();
  };
  try {
    await ensureSession();
    if (era !== state.era) return;
    if (userId !== undefined) proof = { user_id: String(userId), signature };
    await ask(accept, "POST", "identify", { ...proof, name, email, phone, attributes });
  } catch (error) {
    if (era !== state.era) return;
    if (error.isTemporary) missed = joined(missed, identity);
    // Refused for good, and not for what was said just now.
    else if (!identity) missed = null;
    tellHost("error", { error: { code: error.code, message: error.message, details: error.details } });
  }
  return isNews;
}

/** Says again what the server could not be told. */
export const identifyAgain = () => missed && identify();

/** Tells the other tabs that the session or its conversation is another; where they cannot read its token, with that. */
export const tellSession = () => tell("session", storage.isShared ? {} : { token: token.get() });

/** Goes on with the session of which another tab has told. */
export function follow(told) {
  if (told.token) token.set(told.token);
  isAwaited = false;
  come?.(false);
  state.phase = "idle";
}

/** Lets go of the visitor, because another tab does, which begins anew for all. */
export function giveUp() {
  forget();
  coming = new Promise((resolve) => {
    come = resolve;
    setTimeout(resolve, PATIENCE, true);
  });
}

function forget() {
  storage.forget("token", "draft", ...storage.keys(storage.OUTBOX));
  clearTimeout(timer);
  come?.(false);
  starting = coming = come = null;
  isAwaited = false;
  proof = {};
  missed = null;
  telling = Promise.resolve();
  Object.assign(state, { era: state.era + 1, phase: "idle", outbox: [], contactEmail: null, contactName: null, notice: null });
  setConversation(null);
}

/** Forgets this visitor: after a sign-out on the page, the next person must not see the conversation. */
export async function reset() {
  forget();
  token.clear();
  for (const key of ["draft", ...storage.keys(storage.OUTBOX)]) storage.remove(key);
  tell("reset");
  tellHost("reset");
  // However often it has to be tried.
  isAwaited = true;
  // Whoever still asks for the earlier visitor is not waited for.
  await ensureSession({ steal: true });
}

/** Takes in what the server says that there is now. */
function takeNow({ conversation, members_online }) {
  state.membersOnline = members_online;
  setConversation(conversation);
  tellKnown();
  markRead();
}

/** Loads the conversation anew. */
export const refresh = () => ask(takeNow, "GET", "conversation");

/** Loads the page of messages before the oldest that is here. */
export async function loadEarlier() {
  const { conversation } = state;
  const oldest = () => sorted()[0]?.seq;
  const before = oldest();
  if (!conversation?.has_more || before === undefined) return;
  const accept = ({ messages, has_more }) => {
    // Another conversation, or another page of this one, is on screen by now.
    if (state.conversation?.id !== conversation.id || oldest() !== before) return;
    state.conversation.has_more = has_more;
    mergeMessages(messages);
  };
  await ask(accept, "GET", `messages?conversation=${conversation.id}&before=${before}`);
}

/** Marks as read what the visitor sees now. */
export function markRead() {
  const { conversation } = state;
  if (!conversation || !state.open || document.visibilityState !== "visible") return;
  const seq = sorted().filter(isOutbound).at(-1)?.seq ?? 0;
  const before = conversation.contact_read_seq;
  if (seq <= before) return;
  conversation.contact_read_seq = seq;
  changed();
  tell("read", { conversation: conversation.id, seq });
  request("POST", "read", { conversation_id: conversation.id, seq }).catch(() => {
    // Unread again, unless more was read since: so it is said once more later.
    const now = state.conversation;
    if (now?.id !== conversation.id || now.contact_read_seq !== seq) return;
    now.contact_read_seq = before;
    changed();
  });
}

/** Asks for a person. */
export const requestPerson = () => ask(takeNow, "POST", "person");

/** Ends the conversation. */
export const endConversation = () => ask(takeNow, "POST", "end");

/** Leaves the ended conversation and shows an empty one; the first message begins it. */
export const restart = () => ask(() => (setConversation(null), tellSession()), "POST", "restart");

/** Leaves an address for an answer by e-mail. */
export const leaveEmail = (email) => ask(() => ((state.contactEmail = email), refresh()), "POST", "email", { email });
