/**
 * What the page's own storage keeps for a channel's widget, by name: `known` (there is something to load the frame for),
 * `kept` (what the frame keeps here where the browser refuses storage to frames of other sites), `reset` (the visitor is
 * to be forgotten, and the frame has not confirmed it).
 */
export function createStore(key) {
  const full = (name) => `biseda:${key}${name === "known" ? "" : `:${name}`}`;
  return {
    get(name) {
      try {
        return localStorage.getItem(full(name));
      } catch {
        return null;
      }
    },
    /** `null` removes. */
    set(name, value) {
      try {
        if (value) localStorage.setItem(full(name), value);
        else localStorage.removeItem(full(name));
      } catch {
        // Storage is refused: the count appears after the first click.
      }
    },
  };
}
