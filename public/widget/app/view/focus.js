/** Keyboard: Escape closes; while the widget covers the page, Tab stays inside; the focus is never lost. */
import { state } from "../state.js";

const REACHABLE = "button:not([disabled]),a[href],input:not([hidden]),textarea,[tabindex='0']";

const isVisible = (element) => element.checkVisibility?.() ?? element.offsetParent;

export function keepFocusInside(element, close) {
  // Also where nothing has the focus.
  document.addEventListener("keydown", (event) => {
    // Safari says of the key that ends a composition only by its code that it belongs to the input method.
    if (event.key === "Escape" && !event.isComposing && event.keyCode !== 229) return close();
    if (event.key !== "Tab" || !state.modal) return;
    const stops = [...element.querySelectorAll(REACHABLE)].filter((stop) => !stop.closest("[inert]") && isVisible(stop));
    const [edge, other] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (document.activeElement !== edge) return;
    event.preventDefault();
    other.focus();
  });
}

/** Renders an element; when what had the focus in it is gone afterwards, `next` gives the focus another place. */
export function keepFocus(element, render, next) {
  const had = document.hasFocus() && element.contains(document.activeElement);
  render();
  const { activeElement } = document;
  if (had && !(element.contains(activeElement) && isVisible(activeElement))) next();
}
