/**
 * What this browser keeps, per channel. Where it refuses storage to frames of other sites (private windows, strict
 * settings), the loader keeps it for us in its page's own storage, so that a reload does not lose the conversation.
 */
import { config } from "./config.js";
import { kept, tellHost } from "./host.js";

const name = (key) => `biseda:${config.key}:${key}`;
const usable = (() => {
  try {
    localStorage.getItem("");
    return true;
  } catch {
    return false;
  }
})();
const memory = new Map(usable ? [] : Object.entries(kept));
const handOver = () => usable || tellHost("keep", { values: Object.fromEntries(memory) });

export function read(key, otherwise = null) {
  try {
    const text = localStorage.getItem(name(key));
    if (text !== null) return JSON.parse(text);
  } catch {
    // Refused, or not ours: memory has it or nobody.
  }
  return memory.has(key) ? memory.get(key) : otherwise;
}

export function write(key, value) {
  memory.set(key, value);
  try {
    localStorage.setItem(name(key), JSON.stringify(value));
  } catch {
    // Refused, or full: then memory keeps it for this page.
    handOver();
  }
}

export function remove(key) {
  memory.delete(key);
  try {
    localStorage.removeItem(name(key));
  } catch {
    handOver();
  }
}
