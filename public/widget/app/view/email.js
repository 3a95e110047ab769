/** Asks for an e-mail address when the visitor waits for a person and nobody is there. */
import { t } from "../config.js";
import { h } from "../dom.js";
import { explain } from "../reasons.js";
import { leaveEmail } from "../session.js";
import { state } from "../state.js";

export function createEmail() {
  const input = h("input", { type: "email", id: "email", required: true, maxlength: 254, autocomplete: "email", inputmode: "email", placeholder: t("email_placeholder"), "aria-describedby": "email-error" });
  const error = h("p", { class: "field-error", id: "email-error", role: "alert" });
  const button = h("button", { type: "submit", class: "primary" }, t("email_send"));
  const element = h("form", { class: "email", novalidate: true, hidden: true }, h("label", { for: "email" }, t("email_ask")), h("div", { class: "email-row" }, input, button), error);

  const refuse = (text) => {
    error.textContent = text;
    input.setAttribute("aria-invalid", "true");
    input.focus();
  };
  // A button that is disabled would lose the focus.
  let saving = false;
  const setSaving = (value) => button.setAttribute("aria-disabled", String((saving = value)));
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (saving) return;
    error.textContent = "";
    input.removeAttribute("aria-invalid");
    if (!input.value.trim() || !input.checkValidity()) return refuse(t("email_invalid"));
    setSaving(true);
    try {
      await leaveEmail(input.value.trim());
    } catch (problem) {
      refuse(explain(problem));
    }
    setSaving(false);
  });

  const render = () => {
    const { conversation, contactEmail, membersOnline, appearance, messages } = state;
    const alone = conversation?.status === "active" && conversation.owner === "nobody" && !membersOnline;
    element.hidden = !(alone && messages.size > 0 && appearance.email_capture && !contactEmail);
  };
  return { element, render };
}
