/** What the widget knows, and who wants to hear when it changes. */
import { config } from "./config.js";
import * as storage from "./storage.js";

export const state = {
  /** Counts the visitors that this frame has had: what was asked for an earlier one is not taken. */
  era: 0,
  /** `idle` until somebody looks, then `starting`, `ready`, `failed`, or `closed` while the channel takes nobody. */
  phase: "idle",
  /** `idle`, `connecting`, `open` or `lost`. */
  live: "idle",
  /** Whether the visitor looks at the conversation. Without a host page around it the frame is the page. */
  open: window.parent === window,
  /** Whether the page behind is covered, so that the keyboard has to stay inside. */
  modal: false,
  pageUrl: null,
  appearance: config.appearance,
  contactEmail: null,
  contactName: null,
  membersOnline: false,
  /** Facts of the conversation, without its messages. */
  conversation: null,
  /** Messages by id. */
  messages: new Map(),
  /** What an agent has written so far: `{message_id, html}`, with the id of the message that it answers. */
  draft: null,
  /** Who is writing: `{name, kind, until}`. */
  typing: null,
  /** Messages that the server has not confirmed yet. */
  outbox: storage.outbox(),
  muted: storage.read("muted", false),
  /** A sentence about the last thing that failed: `{text, again, isTemporary}`, with a way to try again where there is one. */
  notice: null,
};

const listeners = new Set();
let waiting = false;

/** Calls the listener after each round of changes. */
export const onChange = (listener) => listeners.add(listener);

/** Says that the state has changed; several changes in one go are one round. */
export function changed() {
  if (waiting) return;
  waiting = true;
  queueMicrotask(() => {
    waiting = false;
    for (const listener of listeners) listener(state);
  });
}

/** The messages in their order. */
export const sorted = () => [...state.messages.values()].sort((a, b) => a.seq - b.seq);

/** Whether a message is one that a visitor has to read. */
export const isOutbound = (message) => message.author_type !== "contact" && message.content_type !== "event";

/** How many messages the visitor has not read. */
export function unreadCount() {
  const read = state.conversation?.contact_read_seq ?? 0;
  return sorted().filter((message) => isOutbound(message) && message.seq > read).length;
}

/** Number of the newest message. */
export const lastSeq = () => sorted().at(-1)?.seq ?? 0;

/** The visitor's last message, if nobody has answered since; else null. */
export function question() {
  const last = sorted().filter(({ content_type }) => content_type !== "event").at(-1);
  return last?.author_type === "contact" ? last : null;
}

/** Takes messages in: new ones are added, known ones replaced. */
export function mergeMessages(messages) {
  const newest = lastSeq();
  for (const message of messages) {
    if (message.is_note) continue;
    state.messages.set(message.id, message);
    // Whoever was writing has written; what is known already or older says nothing about now.
    if (isOutbound(message) && message.seq > newest) state.typing = null;
  }
  if (state.draft && !isWaiting(state.draft.message_id)) state.draft = null;
  changed();
}

/** Whether a message waits for its answer; one that is not here yet does. The answer to the last one answers all. */
const isWaiting = (id) => !state.messages.has(id) || question()?.id === id;

/** Whether it is an agent who answers; one that was at work may still be heard after a person took over. */
export const isAgents = () => !state.conversation || state.conversation.owner === "agent";

/** Shows what an agent has written so far, unless the answer is here already. */
export function setDraft({ message_id, html }) {
  if (isAgents() && isWaiting(message_id)) state.draft = { message_id, html };
}

/** Nothing came of the answer to a message; what is being written for a later one stays. */
export function endDraft({ message_id }) {
  if (isWaiting(message_id)) state.draft = state.typing = null;
}

/** Says something to the visitor under the header; `null`: nothing any more. */
export function setNotice(notice) {
  state.notice = notice;
  changed();
}

/** Takes in the conversation as the server has it now; `null`: there is none. */
export function setConversation(conversation) {
  // A page that does not touch what is here would leave a hole between.
  const isApart = conversation?.messages[0]?.seq > lastSeq() + 1;
  if (isApart || conversation?.id !== state.conversation?.id) {
    state.messages.clear();
    state.draft = state.typing = null;
  }
  if (conversation) {
    const { messages, ...facts } = conversation;
    // The first page says whether there is more before it; later ones must not undo what paging has found.
    if (state.conversation?.id === facts.id && state.messages.size > messages.length) facts.has_more = state.conversation.has_more;
    // What this browser has read already counts, even while the server is still being told.
    if (state.conversation?.id === facts.id) facts.contact_read_seq = Math.max(facts.contact_read_seq, state.conversation.contact_read_seq);
    state.conversation = facts;
    mergeMessages(messages);
  } else state.conversation = null;
  changed();
}
