/** Keeps several tabs of one browser in step. The socket brings what the server knows; this, what only we know. */
import { config } from "./config.js";

const channel = (() => {
  try {
    return new BroadcastChannel(`biseda:${config.key}`);
  } catch {
    // Firefox refuses it to frames that may not keep anything; old browsers have none.
    return null;
  }
})();

/**
 * Tells the other tabs: `reset` (this visitor is to be forgotten), `session` (another conversation, or after a `reset` the
 * next visitor, whose token is stored by now), `outbox`, `read`, `muted`.
 */
export const tell = (type, detail = {}) => channel?.postMessage({ type, ...detail });

/** Hears what the other tabs tell. */
export function listen(handlers) {
  if (channel) channel.onmessage = ({ data }) => Object.hasOwn(handlers, data?.type) && handlers[data.type](data);
}

/**
 * Runs a piece of work in one tab at a time; `steal`: without waiting for another one. Frames that may not keep anything
 * get no lock, and share nothing either.
 */
export async function alone(name, work, options = {}) {
  let begun = false;
  const once = () => ((begun = true), work());
  try {
    return await navigator.locks.request(`biseda:${config.key}:${name}`, options, once);
  } catch (error) {
    if (begun) throw error;
    return work();
  }
}
