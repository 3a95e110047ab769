/** What the widget knows, and who wants to hear when it changes. */
import { config } from "./config.js";
import * as storage from "./storage.js";

export const state = {
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
  outbox: storage.read("outbox", []),
  muted: storage.read("muted", false),
  /** A sentence about the last thing that failed, with a way to try again. */
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
export const isInbound = (message) => message.author_type !== "contact" && message.content_type !== "event";

/** How many messages the visitor has not read. */
export function unreadCount() {
  const read = state.conversation?.contact_read_seq ?? 0;
  return sorted().filter((message) => isInbound(message) && message.seq > read).length;
}

/** Number of the newest message. */
export const lastSeq = () => sorted().at(-1)?.seq ?? 0;

/** Takes messages in: new ones are added, known ones replaced. */
export function mergeMessages(messages) {
  for (const message of messages) {
    if (message.is_note) continue;
    state.messages.set(message.id, message);
    if (isInbound(message)) state.typing = null;
  }
  if (state.draft && isAnswered(state.draft.message_id)) state.draft = null;
  changed();
}

/** Shows what an agent has written so far, unless the answer is here already. */
export function setDraft({ message_id, html }) {
  if (!isAnswered(message_id)) state.draft = { message_id, html };
}

/** Whether somebody has answered since the visitor wrote this message. */
function isAnswered(id) {
  const question = state.messages.get(id);
  return Boolean(question) && [...state.messages.values()].some((message) => isInbound(message) && message.seq > question.seq);
}

/** Takes in the conversation as the server has it now; `null`: there is none. */
export function setConversation(conversation) {
  if (conversation?.id !== state.conversation?.id) {
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
