/**
 * What this browser keeps, per channel. Where it refuses storage to frames of other sites (private windows, strict
 * settings), the loader keeps it for us in its page's own storage, so that a reload does not lose the conversation.
 */
import { config } from "./config.js";
import { kept, tellHost } from "./host.js";

const name = (key) => `biseda:${config.key}:${key}`;
/** Whether the other tabs read what this one writes. */
export const isShared = (() => {
  try {
    localStorage.getItem("");
    return true;
  } catch {
    return false;
  }
})();
const memory = new Map(isShared ? [] : Object.entries(kept));
/** Lets the loader keep what only memory has; one value at a time, since those of other tabs are there as well. */
const handOver = (key) => isShared || tellHost("keep", { key, value: memory.get(key) });

const erase = (key) => {
  try {
    localStorage.removeItem(name(key));
  } catch {
    // Refused: then there is nothing.
  }
};

export function read(key, otherwise = null) {
  if (memory.has(key)) return memory.get(key);
  try {
    const text = localStorage.getItem(name(key));
    if (text !== null) return JSON.parse(text);
  } catch {
    // Refused, or not ours: nobody has it.
  }
  return otherwise;
}

export function write(key, value) {
  try {
    localStorage.setItem(name(key), JSON.stringify(value));
    memory.delete(key);
  } catch {
    // Refused, or full: then memory keeps it for this page, and what was stored before is out of date.
    memory.set(key, value);
    erase(key);
    handOver(key);
  }
}

export function remove(key) {
  memory.delete(key);
  erase(key);
  handOver(key);
}

/** The keys that begin like this and have something. */
export function keys(start) {
  const found = [...memory.keys()];
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(name(""))) found.push(key.slice(name("").length));
  } catch {
    // Refused: then there is only memory.
  }
  return [...new Set(found)].filter((key) => key.startsWith(start));
}

/** What the messages that the server has not confirmed are kept under: each has a key of its own. */
export const OUTBOX = "outbox:";

/** Those messages, oldest first. */
export const outbox = () =>
  keys(OUTBOX).map((key) => read(key)).filter(Boolean).sort((a, b) => a.created_at.localeCompare(b.created_at));

/** Forgets what only this tab has of it. */
export const forget = (...keys) => keys.forEach((key) => memory.delete(key));
