/** One entry of the thread: a bubble with its head, sources, files and state; or a line of the product. */
import { clock, exact, fileSize, t } from "../config.js";
import { h, icon } from "../dom.js";
import { state } from "../state.js";
import { linkCitations, sourceList } from "./citations.js";
import { avatar } from "./header.js";

/** Puts HTML that the server has made safe into an element; links open outside of the frame. */
export function setSafeHtml(element, html) {
  element.innerHTML = html;
  for (const link of element.querySelectorAll("a[href]")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
  }
}

/** Name and, for agents, always the mark that it is an AI. */
export function head(name, isAgent) {
  return h("div", { class: "head" }, avatar(name, isAgent ? state.appearance.avatar_url : ""), h("span", { class: "name" }, name), isAgent && h("span", { class: "ai" }, icon("spark"), t("ai")));
}

function file({ file_name, media_type, size, is_inline, url }) {
  // The address comes from our own server and stays on it.
  const href = new URL(url, location.origin).href;
  const props = { href, target: "_blank", rel: "noopener", title: file_name };
  if (is_inline && media_type.startsWith("image/"))
    return h("a", { ...props, class: "picture" }, h("img", { src: href, alt: file_name, loading: "lazy" }));
  return h("a", { ...props, class: "file", download: file_name }, icon("file"), h("span", { class: "file-name" }, file_name), h("span", { class: "file-size" }, fileSize(size)));
}

/** A line such as "Ana has joined". */
export function systemLine(message) {
  const key = `system_${message.content}`;
  return h("p", { class: "system", title: exact(new Date(message.created_at)) }, t(key, { name: message.author_name || t("team") }));
}

/** A message of either side. `first`: it opens a group. */
export function messageBubble(message, { first }) {
  const own = message.author_type === "contact";
  const when = new Date(message.created_at);
  const text = h("div", { class: "text", dir: "auto" });
  if (message.html) setSafeHtml(text, message.html);
  else text.textContent = message.content;
  linkCitations(text, message.citations);
  return h(
    "article",
    { class: `message ${own ? "own" : "theirs"}${first ? " first" : ""}` },
    first && !own && head(message.author_name || t("team"), message.author_type === "agent"),
    h("span", { class: "hidden" }, own ? t("you_said") : t("said", { name: message.author_name })),
    message.content && h("div", { class: "bubble", title: exact(when) }, text),
    message.attachments.length > 0 && h("div", { class: "files" }, ...message.attachments.map(file)),
    message.citations.length > 0 && sourceList(message.citations),
    h("div", { class: "meta" }, h("time", { datetime: message.created_at, dir: "auto", title: exact(when) }, clock(when)), own && h("span", { class: "note" })),
  );
}

/** Says under a message of the visitor's own what became of it. */
export function setNote(bubble, note) {
  const element = bubble.querySelector(".meta > .note");
  const text = note && `· ${note}`;
  if (element.textContent !== text) element.textContent = text;
}

/** A message on its way, or one that did not arrive. */
export function queuedBubble(item, { onretry, ondiscard }) {
  const failed = item.status === "failed";
  const text = h("div", { class: "text plain", dir: "auto" }, item.content);
  return h(
    "article",
    { class: `message own first ${failed ? "failed" : "queued"}` },
    h("span", { class: "hidden" }, t("you_said")),
    item.content && h("div", { class: "bubble" }, text),
    item.attachments.length > 0 && h("div", { class: "files" }, ...item.attachments.map(file)),
    failed
      ? h(
          "div",
          { class: "meta error", role: "alert" },
          icon("alert"),
          h("span", {}, item.reason ? `${t("not_sent")} ${item.reason}` : t("not_sent")),
          h("button", { type: "button", class: "link", onclick: onretry }, t("retry")),
          h("button", { type: "button", class: "link", onclick: ondiscard }, t("discard")),
        )
      : h("div", { class: "meta" }, t(navigator.onLine ? "sending" : "sends_when_online")),
  );
}

