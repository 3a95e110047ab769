/** The program of the widget's frame: brings state, socket, host page and views together. */
import { config, t } from "./config.js";
import { h } from "./dom.js";
import { listenToHost, tellHost } from "./host.js";
import { connect, disconnect, reconnect, wake } from "./live.js";
import { confirm, flush, reloadOutbox } from "./outbox.js";
import { ensureSession, follow, giveUp, identify, identifyAgain, markRead, refresh, reset } from "./session.js";
import { beep, setMuted } from "./sound.js";
import { changed, endDraft, isAgents, isOutbound, lastSeq, mergeMessages, onChange, question, setDraft, setNotice, state, unreadCount } from "./state.js";
import { token } from "./api.js";
import { listen } from "./tabs.js";
import { applyTheme } from "./theme.js";
import { createDrawer } from "./view/citations.js";
import { createComposer } from "./view/composer.js";
import { createEmail } from "./view/email.js";
import { acceptDrops } from "./view/files.js";
import { createHeader } from "./view/header.js";
import { createLog } from "./view/log.js";
import { createNotice } from "./view/notice.js";
import { keepFocus, keepFocusInside } from "./view/focus.js";

const close = () => tellHost("close");
const header = createHeader(close);
const notice = createNotice();
const log = createLog();
const email = createEmail();
const composer = createComposer(email.element);
const app = document.getElementById("app");
applyTheme(config.appearance);
app.replaceChildren(header.element, notice.element, log.element, composer.element, createDrawer());
app.append(h("div", { class: "drop-hint", "aria-hidden": "true" }, t("drop_files")));
acceptDrops(app, composer.files);
keepFocusInside(app, close);

let told = -1;
let typingTimer = null;
onChange(() => {
  keepFocus(app, () => [header, notice, log, email, composer].forEach((view) => view.render()), composer.focus);
  const unread = unreadCount();
  if (unread !== told) tellHost("unread", { count: (told = unread) });
});

const live = {
  online() {
    if (state.notice?.isTemporary) setNotice(null);
    identifyAgain();
    flush();
    markRead();
  },
  event({ name, message, conversation_id: id }) {
    if (name.startsWith("message.") && message) {
      if (!state.conversation || message.conversation_id !== state.conversation.id) return refresh().catch(() => {});
      const isNew = message.seq > lastSeq();
      mergeMessages([message]);
      confirm([message]);
      if (isNew && isOutbound(message)) {
        const { id: message_id, content, author_type, author_name, created_at } = message;
        tellHost("message", { message: { id: message_id, content, author_type, author_name, created_at } });
        if (!state.open || document.visibilityState !== "visible" || !document.hasFocus()) beep();
      }
      if (message.content_type === "event") refresh().catch(() => {});
      markRead();
    } else if (id) refresh().catch(() => {});
  },
  signal(kind, signal) {
    const show = (name, seconds) => {
      state.typing = { name };
      clearTimeout(typingTimer);
      typingTimer = setTimeout(() => ((state.typing = null), changed()), seconds * 1000);
    };
    if (kind === "draft") setDraft(signal);
    else if (kind === "draft_ended") endDraft(signal);
    else if (kind === "agent_thinking") {
      // It may come after a quick answer.
      if (isAgents() && (question() || state.outbox.length > 0)) show(state.appearance.agent_name, 60);
    } else if (kind === "member_typing") show(signal.name, 6);
    else if (kind === "owner_changed" && state.conversation) {
      Object.assign(state.conversation, { owner: signal.owner, owner_name: signal.name });
      if (signal.owner !== "agent") state.draft = state.typing = null;
    }
    changed();
  },
};
const online = () => ensureSession().then(() => (connect(live), markRead()), () => {});
// A conversation that began elsewhere (first message, another tab), or a session that came late, needs its socket.
onChange(() => state.phase === "ready" && connect(live));

listenToHost({
  open({ modal, page }) {
    Object.assign(state, { open: true, modal: Boolean(modal), pageUrl: page?.url ?? null });
    changed();
    online();
    log.toEnd();
    composer.focus();
  },
  modal({ modal }) {
    state.modal = Boolean(modal);
  },
  close() {
    state.open = false;
    setNotice(null);
  },
  identify: ({ identity }) => identify(identity).then((isNews) => isNews && reconnect()),
  reset: () => (disconnect(), reset().catch(() => {})),
  preview({ appearance }) {
    state.appearance = { ...state.appearance, ...appearance };
    applyTheme(state.appearance);
    changed();
  },
});

/** Takes part: hears other tabs, the network and the clock, and resumes what was. */
function takePart() {
  listen({
    outbox: reloadOutbox,
    // Its tab makes the next visitor's session; this one waits to hear of it.
    reset: () => (disconnect(), giveUp()),
    session: (told) => (disconnect(), follow(told), online()),
    muted: ({ muted }) => setMuted(muted, true),
    read({ conversation, seq }) {
      if (state.conversation?.id !== conversation) return;
      state.conversation.contact_read_seq = Math.max(state.conversation.contact_read_seq, seq);
      changed();
    },
  });

  const back = () => {
    changed();
    if (!navigator.onLine) return;
    wake();
    flush();
    markRead();
  };
  addEventListener("online", back);
  addEventListener("offline", () => changed());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && back());
  // A machine that slept tells nobody; its clock does.
  let tick = Date.now();
  setInterval(() => {
    const now = Date.now();
    if (now - tick > 25_000) back();
    tick = now;
  }, 10_000);
  // A visitor who was here before has a conversation to hear from; a new one gets a session when the widget opens.
  if (state.open || token.get() || state.outbox.length > 0) online().then(() => state.outbox.length > 0 && flush());
}

// Our dashboard shows the frame for its look: nobody is behind it, and what this browser once wrote is left alone.
if (new URLSearchParams(location.search).has("preview")) state.outbox = [];
else takePart();
changed();
tellHost("ready");
