/** Where the visitor writes. Enter sends, Shift+Enter makes a new line; what is unsent survives a reload. */
import { config, t } from "../config.js";
import { h, icon, iconButton } from "../dom.js";
import { sendTyping } from "../live.js";
import { sendMessage } from "../outbox.js";
import { restart } from "../session.js";
import { state } from "../state.js";
import * as storage from "../storage.js";
import { createFiles } from "./files.js";
import { attempt } from "./notice.js";

/** `extra` stands above the field. */
export function createComposer(extra) {
  const text = h("textarea", { rows: 1, placeholder: t("write"), "aria-label": t("write"), enterkeyhint: "send", autocomplete: "off", dir: "auto", "aria-describedby": "count" });
  const count = h("span", { class: "count", id: "count", role: "status" });
  const files = createFiles(() => render());
  const picker = h("input", { type: "file", multiple: true, hidden: true, "aria-hidden": "true", tabindex: "-1" });
  const attach = iconButton("attach", t("attach"), () => picker.click());
  const send = h("button", { type: "submit", class: "send", "aria-label": t("send"), title: t("send") }, icon("send"));
  const box = h("div", { class: "box" }, files.element, h("div", { class: "row" }, attach, picker, text, send));
  const hint = h("p", { class: "hint" });
  const form = h("form", { class: "composer", novalidate: true }, box, count, hint);
  const closed = h("div", { class: "composer closed", hidden: true }, h("p", {}, t("ended")), h("button", { type: "button", class: "primary", onclick: () => attempt(restart) }, t("new_conversation")));
  const element = h("footer", {}, extra, form, closed);

  const length = () => [...text.value].length;
  const mayBeSent = () => (text.value.trim() !== "" || files.isReady()) && length() <= config.max_message_chars && !files.isBusy();

  const grow = () => {
    // While the frame is hidden nothing has a height.
    if (!text.offsetParent) return;
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, 144)}px`;
  };
  const input = () => {
    grow();
    storage.write("draft", text.value);
    if (text.value.trim()) sendTyping();
    render();
  };

  text.value = storage.read("draft", "");
  text.addEventListener("input", input);
  text.addEventListener("keydown", (event) => {
    // While a word is being composed (Japanese, dead keys) Enter belongs to the input method; 229: Safari's, which ends it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
  text.addEventListener("paste", (event) => {
    const { files: pasted } = event.clipboardData;
    const words = event.clipboardData.getData("text/plain");
    // Spreadsheets and word processors put a picture beside the text that was copied, file managers the name of the file.
    if (!pasted.length || (words && !words.startsWith(pasted[0].name))) return;
    event.preventDefault();
    files.add(pasted);
  });
  picker.addEventListener("change", () => {
    files.add(picker.files);
    picker.value = "";
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!mayBeSent()) return;
    sendMessage(text.value.trim(), files.take());
    text.value = "";
    input();
    text.focus();
  });

  let { era } = state;
  const render = () => {
    if (era !== state.era) {
      // The next visitor must not see what the last one wrote.
      era = state.era;
      text.value = "";
      files.clear();
      grow();
    }
    const over = length() - config.max_message_chars;
    const isClosed = state.conversation !== null && state.conversation.status !== "active";
    form.hidden = isClosed;
    closed.hidden = !isClosed;
    attach.hidden = !state.appearance.file_upload;
    send.setAttribute("aria-disabled", String(!mayBeSent()));
    count.textContent = over > 0 ? t("too_long", { count: over }) : "";
    const answers = state.conversation?.owner ?? (state.appearance.agent_name ? "agent" : "nobody");
    hint.textContent = answers === "agent" ? t("ai_hint") : "";
  };
  new ResizeObserver(grow).observe(element);
  return { element, render, files, focus: () => (form.hidden ? closed.querySelector("button") : text).focus({ preventScroll: true }) };
}
