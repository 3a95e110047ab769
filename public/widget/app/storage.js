/** What this browser keeps, per channel. Falls back to memory where the browser refuses storage to frames. */
import { config } from "./config.js";

const memory = new Map();
const name = (key) => `biseda:${config.key}:${key}`;

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
    // Refused or full: memory keeps it for this page.
  }
}

export function remove(key) {
  memory.delete(key);
  try {
    localStorage.removeItem(name(key));
  } catch {
    // Nothing was stored.
  }
}
