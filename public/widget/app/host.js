/** Speaks with the loader in the page around us, and with nobody else. */

const embedded = window.parent !== window;
// The loader names its page's origin behind the `#`. Who embeds us under another name hears nothing.
const origin = decodeURIComponent(location.hash.slice(1));
const target = origin === "null" ? "*" : origin;

/** Tells the loader: `ready`, `close`, `session`, `unread`, `message`, `error`. */
export function tellHost(type, detail = {}) {
  if (!embedded || !origin) return;
  try {
    window.parent.postMessage({ biseda: 1, type, ...detail }, target);
  } catch {
    // No origin: nobody to tell.
  }
}

/** Hears what the loader tells: `open`, `close`, `identify`, `reset`. `preview` is for our own dashboard only. */
export function listenToHost(handlers) {
  window.addEventListener("message", ({ source, origin: from, data }) => {
    if (!embedded || source !== window.parent || from !== origin || data?.biseda !== 1) return;
    if (data.type === "preview" && from !== location.origin) return;
    if (Object.hasOwn(handlers, data.type)) handlers[data.type](data);
  });
}
