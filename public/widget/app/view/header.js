/** The brand header: who answers, the menu, and the way out. */
import { t } from "../config.js";
import { h, iconButton, isWebAddress } from "../dom.js";
import { state } from "../state.js";
import { createMenu } from "./menu.js";

/** A round picture, or the first letter of a name. */
export function avatar(name, url) {
  if (isWebAddress(url)) return h("img", { class: "avatar", src: url, alt: "", referrerpolicy: "no-referrer" });
  return h("span", { class: "avatar", "aria-hidden": "true" }, [...(name || "·")][0].toUpperCase());
}

/** Who answers now, in a few words. */
function status() {
  const { conversation, appearance, membersOnline } = state;
  if (conversation?.owner === "member") return t("with_member", { name: conversation.owner_name ?? t("team") });
  if (conversation?.owner === "nobody" && conversation.status === "active") return t(membersOnline ? "waiting" : "away");
  if (appearance.agent_name) return t("with_agent", { name: appearance.agent_name });
  return t(membersOnline ? "online" : "away");
}

export function createHeader(onclose) {
  const title = h("h1", { class: "title", id: "title" });
  const subtitle = h("p", { class: "subtitle" });
  const face = h("span", { class: "face" });
  const close = iconButton("close", t("close"), onclose);
  const element = h("header", { class: "header" }, face, h("div", { class: "names" }, title, subtitle), createMenu(), close);
  close.hidden = window.parent === window;

  let shown = "";
  const render = () => {
    const { title: name, avatar_url: url, agent_name: agent } = state.appearance;
    title.textContent = name || t("title_default");
    subtitle.textContent = status();
    element.classList.toggle("is-online", state.membersOnline || state.conversation?.owner === "agent");
    if (shown !== url + name) {
      shown = url + name;
      face.replaceChildren(avatar(name || agent, url));
    }
  };
  return { element, render };
}
