/** Keyboard: Escape closes; while the widget covers the page, Tab stays inside. */
import { state } from "../state.js";

const REACHABLE = "button:not([disabled]),a[href],input:not([hidden]),textarea,[tabindex='0']";

export function keepFocusInside(element, close) {
  element.addEventListener("keydown", (event) => {
    // Safari says of the key that ends a composition only by its code that it belongs to the input method.
    if (event.key === "Escape" && !event.isComposing && event.keyCode !== 229) return close();
    if (event.key !== "Tab" || !state.modal) return;
    const stops = [...element.querySelectorAll(REACHABLE)].filter((stop) => !stop.closest("[inert]") && (stop.checkVisibility?.() ?? stop.offsetParent));
    const [edge, other] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (document.activeElement !== edge) return;
    event.preventDefault();
    other.focus();
  });
}
