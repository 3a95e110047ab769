/** Keyboard: Escape closes; while the widget covers the page, Tab stays inside. */
import { state } from "../state.js";

const REACHABLE = "button:not([disabled]),a[href],input:not([hidden]),textarea,[tabindex='0']";

export function keepFocusInside(element, close) {
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) return close();
    if (event.key !== "Tab" || !state.modal) return;
    const stops = [...element.querySelectorAll(REACHABLE)].filter((stop) => stop.checkVisibility?.() ?? stop.offsetParent);
    const [edge, other] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (document.activeElement !== edge) return;
    event.preventDefault();
    other.focus();
  });
}
