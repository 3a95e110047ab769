/** Speaks with the loader in the page around us, and with nobody else. */

const embedded = window.parent !== window;
// The loader names its page's origin behind the `#`, and after a `!` what it keeps for us. Who embeds us under another
// name hears nothing.
const [, named, stored] = location.hash.match(/^#?([^!]*)!?(.*)$/);
const origin = decodeURIComponent(named);
const target = origin === "null" ? "*" : origin;

/** What the loader keeps for a frame that may not keep anything itself: values by name. */
export const kept = (() => {
  try {
    return JSON.parse(decodeURIComponent(stored)) ?? {};
  } catch {
    return {};
  }
})();

/** Tells the loader: `ready`, `close`, `session`, `unread`, `message`, `error`, `keep`, `reset`. */
export function tellHost(type, detail = {}) {
  if (!embedded || !origin) return;
  try {
    window.parent.postMessage({ biseda: 1, type, ...detail }, target);
  } catch {
    // No origin: nobody to tell.
  }
}

/** Hears what the loader tells: `open`, `modal`, `close`, `identify`, `reset`. `preview` is for our own dashboard only. */
export function listenToHost(handlers) {
  window.addEventListener("message", ({ source, origin: from, data }) => {
    if (!embedded || source !== window.parent || from !== origin || data?.biseda !== 1) return;
    if (data.type === "preview" && from !== location.origin) return;
    if (Object.hasOwn(handlers, data.type)) handlers[data.type](data);
  });
}
