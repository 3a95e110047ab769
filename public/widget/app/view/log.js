/** The thread: days, messages, what is on its way, the draft that grows, and who is typing. */
import { dayName, t } from "../config.js";
import { h, icon, reconcile } from "../dom.js";
import { discard, retry, sendMessage } from "../outbox.js";
import { loadEarlier } from "../session.js";
import { sorted, state } from "../state.js";
import { head, messageBubble, queuedBubble, setNote, setSafeHtml, systemLine } from "./message.js";
import { attempt } from "./notice.js";

const GROUP = 5 * 60_000;

/**
 * What the thread consists of: a key, what the element depends on, and how it is made; for messages of the visitor's own
 * also the note under it, which changes without a new element, since that would be read aloud again.
 */
function items() {
  const list = [];
  const messages = sorted();
  const { conversation, appearance } = state;
  const greeting = appearance.greeting || (appearance.agent_name ? t("greeting_agent") : t("greeting"));
  if (!conversation?.has_more) list.push(["greeting", greeting + appearance.agent_name + appearance.title + appearance.avatar_url, () => greetingBubble(greeting)]);

  const lastOwn = messages.filter(({ author_type }) => author_type === "contact").at(-1);
  let day = "";
  let earlier = null;
  for (const message of messages) {
    const when = new Date(message.created_at);
    const name = dayName(when);
    if (name !== day) list.push([`day ${when.toDateString()}`, name, () => h("div", { class: "day" }, h("span", {}, name))]);
    const first = day !== name || !earlier || earlier.content_type === "event" || earlier.author_type !== message.author_type || earlier.author_id !== message.author_id || when - new Date(earlier.created_at) > GROUP;
    day = name;
    earlier = message;
    if (message.content_type === "event") list.push([message.id, message.content, () => systemLine(message)]);
    else {
      const own = message.author_type === "contact";
      const note = message === lastOwn ? t(message.seq <= conversation.member_read_seq ? "seen" : "sent") : "";
      const key = own && message.client_id ? message.client_id : message.id;
      list.push([key, JSON.stringify([message.id, first, message.html, message.attachments, message.citations.length]), () => messageBubble(message, { first }), own ? note : undefined]);
    }
  }
  const arrived = new Set(messages.map(({ client_id }) => client_id));
  for (const item of state.outbox.filter(({ client_id }) => !arrived.has(client_id)))
    list.push([item.client_id, JSON.stringify([item.status, item.reason, navigator.onLine]), () => queuedBubble(item, { onretry: () => retry(item.client_id), ondiscard: () => discard(item.client_id) })]);
  return list;
}

const greetingBubble = (text) =>
  h("article", { class: "message theirs first" }, head(state.appearance.agent_name || state.appearance.title || t("team"), Boolean(state.appearance.agent_name)), h("div", { class: "bubble" }, h("div", { class: "text plain", dir: "auto" }, text)));

export function createLog() {
  const list = h("div", { class: "list", role: "log", "aria-live": "polite", "aria-relevant": "additions", "aria-label": t("conversation") });
  const earlier = h("button", { type: "button", class: "earlier", hidden: true, onclick: () => more() }, t("earlier"));
  // The draft changes with every word: it is not announced; the finished answer in the list is.
  const draftText = h("div", { class: "text", dir: "auto" });
  const draft = h("article", { class: "message theirs first draft", hidden: true, "aria-hidden": "true" });
  const typing = h("div", { class: "message theirs typing", role: "status", hidden: true });
  const replies = h("div", { class: "replies" });
  const jump = h("button", { type: "button", class: "jump", hidden: true, onclick: () => (scroller.focus({ preventScroll: true }), toEnd(true)) }, icon("down"), t("newest"));
  const scroller = h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": t("conversation") }, earlier, list, draft, typing, replies);
  const element = h("main", { class: "log" }, scroller, jump);

  const known = new Map();
  let atEnd = true;
  let loading = false;
  let newest = null;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const toEnd = (smooth) => scroller.scrollTo({ top: scroller.scrollHeight, behavior: smooth && !calm.matches ? "smooth" : "instant" });
  let height = 0;
  // When the thread's own height changed (the composer grew), its end has moved, not the reader.
  const resized = () => {
    if (scroller.clientHeight === height) return false;
    height = scroller.clientHeight;
    if (atEnd) toEnd();
    return atEnd;
  };
  const look = () => {
    if (resized()) return;
    atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 48;
    if (atEnd) jump.hidden = true;
    if (scroller.scrollTop < 80 && state.conversation?.has_more) more();
  };
  scroller.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(resized).observe(scroller);
  // Pictures grow when they arrive.
  scroller.addEventListener("load", () => atEnd && toEnd(), true);

  const more = async () => {
    if (loading) return;
    loading = true;
    const height = scroller.scrollHeight - scroller.scrollTop;
    list.setAttribute("aria-live", "off");
    await attempt(loadEarlier);
    // What was in view stays in view.
    requestAnimationFrame(() => {
      scroller.scrollTop = scroller.scrollHeight - height;
      loading = false;
      // The next frame: by then what came in is known to those who read aloud.
      requestAnimationFrame(() => list.setAttribute("aria-live", "polite"));
    });
  };

  const renderDraft = () => {
    draft.hidden = !state.draft;
    if (!state.draft) return draft.replaceChildren();
    if (!draft.firstChild) draft.append(head(state.appearance.agent_name || t("team"), true), h("div", { class: "bubble" }, draftText));
    setSafeHtml(draftText, state.draft.html);
  };

  const renderTyping = () => {
    const who = !state.draft && state.typing;
    typing.hidden = !who;
    const label = who ? t("is_typing", { name: who.name || t("team") }) : "";
    if (typing.dataset.label === label) return;
    typing.dataset.label = label;
    typing.replaceChildren(...(who ? [h("span", { class: "hidden" }, label), h("span", { class: "bubble dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"))] : []));
  };

  const renderReplies = () => {
    const empty = state.messages.size === 0 && state.outbox.length === 0;
    const wanted = empty ? state.appearance.quick_replies : [];
    const key = JSON.stringify(wanted);
    if (replies.dataset.key === key) return;
    replies.dataset.key = key;
    replies.replaceChildren(...wanted.map((text) => h("button", { type: "button", class: "reply", dir: "auto", onclick: () => sendMessage(text) }, text)));
  };

  const render = () => {
    const now = items();
    for (const key of known.keys()) if (!now.some(([name]) => name === key)) known.delete(key);
    reconcile(
      list,
      now.map(([key, depends, make, note]) => {
        if (known.get(key)?.depends !== depends) known.set(key, { depends, element: make() });
        const { element } = known.get(key);
        if (note !== undefined) setNote(element, note);
        return element;
      }),
    );
    earlier.hidden = !state.conversation?.has_more;
    renderDraft();
    renderTyping();
    renderReplies();
    const last = now.at(-1)?.[0];
    const own = state.outbox.at(-1)?.client_id === last;
    // Once for a message of one's own: a failed one stays at the end, and is not to pull the reader down again and again.
    if (atEnd || (own && last !== newest)) toEnd();
    else if (last !== newest && !loading) jump.hidden = false;
    newest = last;
  };
  return { element, render, toEnd };
}
