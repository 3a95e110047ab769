/**
 * The script that a site includes:
 * `<script async src="https://…/widget.js" data-channel="KEY"></script>`.
 *
 * It draws the button itself, in a shadow root, and loads the conversation's frame only when it is wanted: on hover or
 * focus, on the first click, or at once when this browser has a conversation whose unread messages are to be counted, a
 * message that is still to be sent, or a visitor who is still to be forgotten.
 * It needs nothing from the page's content policy but `script-src`, `connect-src` and `frame-src` for our origin.
 */
import { createApi } from "./loader/api.js";
import { keepAttached } from "./loader/attach.js";
import { createLauncher } from "./loader/launcher.js";
import { createPanel } from "./loader/panel.js";
import { createStore } from "./loader/store.js";
import { applyStyle } from "./loader/style.js";

const script = document.currentScript || document.querySelector("script[data-channel]");
const fallback = { color: "#4f46e5", position: "end", title: "", labels: { open: "Open chat", close: "Close chat", unread: "{count} unread" } };

function start(origin, key, options) {
  const store = createStore(key);
  // Asked for on a page that was left too early.
  const isOwed = store.get("reset");
  const api = createApi(() => {
    store.set("reset", "1");
    for (const name of ["known", "kept"]) store.set(name, null);
  });
  window.biseda = api.public;

  const draw = (appearance, language) => {
    const host = document.createElement("div");
    host.id = "biseda-widget";
    if (language) host.lang = language;
    const root = host.attachShadow({ mode: "open" });
    applyStyle(root, appearance);

    const launcher = createLauncher(appearance, () => api.actions.toggle());
    const panel = createPanel({ origin, key, options, appearance, api, launcher, store });
    launcher.button.onpointerenter = launcher.button.onfocus = panel.load;
    root.append(panel.element, launcher.button);
    root.addEventListener("keydown", (event) => event.key === "Escape" && panel.close());

    keepAttached(host, panel.reload);
    if (isOwed) panel.actions.reset();
    if (store.get("known")) (window.requestIdleCallback || setTimeout)(panel.load);
    api.begin(panel.actions);
  };

  const query = options.language ? `?${new URLSearchParams({ lang: options.language })}` : "";
  fetch(`${origin}/widget/api/appearance/${encodeURIComponent(key)}${query}`)
    .then(async (response) => {
      if (response.status === 429 || response.status >= 500) throw response;
      const body = await response.json();
      if (response.ok) draw(body.data, options.language);
      else api.emit("error", body.error);
    })
    // The page's policy may forbid the request, or the network or the server failed: the button still has to work.
    .catch(() => draw(fallback, "en"));
}

if (script && script.dataset.channel && !(window.biseda && window.biseda.loaded)) {
  const { channel, language } = script.dataset;
  const begin = () => start(new URL(script.src).origin, channel, { language });
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
}
