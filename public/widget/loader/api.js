/**
 * The global `window.biseda`: open, close, toggle, identify, setAttributes, reset, on, off.
 *
 * A page may call before this script has loaded, through a stub that collects the calls:
 * `window.biseda = window.biseda || []; biseda.push(["open"])`. They are replayed in order.
 */
const METHODS = ["open", "close", "toggle", "identify", "setAttributes", "reset"];

/** `onreset`: the visitor is to be forgotten, even if the page is left before that can be carried out. */
export function createApi(onreset) {
  const earlier = window.biseda;
  const handlers = new Map();
  const waiting = [];
  const api = { actions: null };

  const call = (name, ...args) => {
    if (name === "reset") onreset();
    if (name === "on") (handlers.get(args[0]) || handlers.set(args[0], new Set()).get(args[0])).add(args[1]);
    else if (name === "off") handlers.get(args[0])?.delete(args[1]);
    else if (!METHODS.includes(name)) console.warn(`biseda: there is no ${name}; there are ${METHODS.join(", ")}, on, off`);
    else if (api.actions) api.actions[name](...args);
    else waiting.push([name, ...args]);
  };

  /** Tells the page's handlers; one that throws does not keep the others from running. */
  api.emit = (name, detail) =>
    handlers.get(name)?.forEach((handler) => {
      try {
        handler(detail);
      } catch (error) {
        console.error(error);
      }
    });

  /** From now on calls are carried out; those that waited first. */
  api.begin = (actions) => {
    api.actions = actions;
    waiting.splice(0).forEach((entry) => call(...entry));
  };

  api.public = { loaded: true, push: (...entries) => entries.forEach((entry) => call(...entry)) };
  [...METHODS, "on", "off"].forEach((name) => (api.public[name] = (...args) => call(name, ...args)));
  if (Array.isArray(earlier)) earlier.forEach((entry) => call(...entry));
  return api;
}
