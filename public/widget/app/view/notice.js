/** The line under the header: no connection, or what just failed and how to go on. */
import { t } from "../config.js";
import { h, icon, iconButton } from "../dom.js";
import { wake } from "../live.js";
import { explain } from "../reasons.js";
import { setNotice, state } from "../state.js";

/** Does something that may fail; then says so, with a way to try again. */
export async function attempt(work) {
  setNotice(null);
  try {
    await work();
  } catch (error) {
    setNotice({ text: explain(error), again: () => attempt(work), isTemporary: error.isTemporary });
  }
}

/** What keeps the visitor from the conversation, if anything does. */
function trouble() {
  if (!navigator.onLine) return { text: t("offline") };
  if (state.phase === "closed") return { text: t("closed"), again: wake };
  if (state.phase === "failed" || state.live === "lost") return { text: t("reconnecting"), again: wake };
  return null;
}

export function createNotice() {
  const element = h("div", { class: "notice", role: "status", hidden: true });
  let shown = null;

  const render = () => {
    const content = state.notice ?? trouble();
    const key = content && content.text;
    element.hidden = !content;
    if (key === shown) return;
    shown = key;
    element.classList.toggle("is-error", Boolean(state.notice));
    const parts = content
      ? [
          icon("alert"),
          h("span", {}, content.text),
          content.again && h("button", { type: "button", class: "link", onclick: content.again }, t("retry")),
          state.notice && iconButton("close", t("close_notice"), () => setNotice(null)),
        ]
      : [];
    element.replaceChildren(...parts.filter(Boolean));
  };
  return { element, render };
}
