/** The menu in the header: a person, the sound, the end. */
import { t } from "../config.js";
import { h, icon, iconButton } from "../dom.js";
import { endConversation, requestPerson, restart } from "../session.js";
import { setMuted } from "../sound.js";
import { state } from "../state.js";
import { attempt } from "./notice.js";

const entries = () => {
  const { conversation, muted, appearance } = state;
  const active = conversation?.status === "active";
  return [
    (active ? conversation.owner === "agent" : !conversation && appearance.agent_name) && ["person", t("talk_to_person"), () => attempt(requestPerson)],
    appearance.sound && [muted ? "sound" : "mute", t(muted ? "sound_on" : "sound_off"), () => setMuted(!muted)],
    active && ["end", t("end_conversation"), () => attempt(endConversation)],
    conversation && ["restart", t("new_conversation"), () => attempt(restart)],
  ].filter(Boolean);
};

export function createMenu() {
  const list = h("div", { class: "menu-list", role: "menu", id: "menu", hidden: true });
  const button = iconButton("more", t("menu"), () => toggle(list.hidden), {
    "aria-haspopup": "menu",
    "aria-expanded": "false",
    "aria-controls": "menu",
  });
  const element = h("div", { class: "menu" }, button, list);

  const toggle = (open) => {
    if (open) list.replaceChildren(...entries().map(([name, label, act]) => entry(name, label, act)));
    list.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) list.firstElementChild?.focus();
  };
  const entry = (name, label, act) =>
    h("button", { type: "button", role: "menuitem", tabindex: "-1", onclick: () => (toggle(false), button.focus(), act()) }, icon(name), label);

  list.addEventListener("keydown", (event) => {
    const items = [...list.children];
    const at = items.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined) items.at(next % items.length)?.focus();
    else if (event.key === "Escape") toggle(false), button.focus();
    else if (event.key === "Tab") return toggle(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("pointerdown", ({ target }) => element.contains(target) || list.hidden || toggle(false));
  return element;
}
