/** The dialog with the conversation's frame, and the messages to and from it. */

/** Whether the dialog fills the screen, as its style says. */
const narrow = matchMedia("(max-width: 479px)");

export function createPanel({ origin, key, options, appearance, api, launcher, store }) {
  const element = document.createElement("div");
  element.id = element.className = "panel";
  element.hidden = true;
  element.setAttribute("role", "dialog");
  element.setAttribute("aria-label", appearance.title || appearance.labels.open);

  let frame = null;
  /** Whether there is a page in the frame, if only one that says why there is no other. */
  let loaded = false;
  let ready = false;
  // The style asks for it: only a frame that is ready has a button of its own that closes.
  const setReady = (value) => element.toggleAttribute("data-ready", (ready = value));
  let open = false;
  let overflow = null;
  const queue = [];
  const page = () => ({ url: location.href, title: document.title });

  const post = (message) => {
    load();
    if (ready) frame.contentWindow.postMessage({ biseda: 1, ...message }, origin);
    else queue.push(message);
  };

  // The part after # names this page's origin, so that the frame speaks to nobody else, and brings what it asked us to
  // keep; it is never sent over the network.
  const address = () => {
    const query = new URLSearchParams();
    if (options.language) query.set("lang", options.language);
    if (getComputedStyle(document.documentElement).direction === "rtl") query.set("dir", "rtl");
    const kept = store.get("kept");
    return `${origin}/widget/${encodeURIComponent(key)}?${query}#${location.origin}${kept ? `!${encodeURIComponent(kept)}` : ""}`;
  };

  function load() {
    if (frame) return;
    frame = document.createElement("iframe");
    frame.title = appearance.title || appearance.labels.open;
    frame.allow = "autoplay; clipboard-write";
    frame.onload = () => (loaded = true);
    begin();
    element.append(frame);
  }

  /** The frame begins anew: with what is kept by now, and until it is ready what it is told waits. */
  const begin = () => {
    loaded = false;
    setReady(false);
    frame.src = address();
  };

  // Before it is loaded, the frame may lose the focus again without being told, and then it does not ask for it: what the
  // visitor types would go nowhere.
  const enter = () => ready && open && frame.focus();

  const setOpen = (value) => {
    if (value === open) return;
    open = value;
    if (open && loaded && !ready) {
      // What came instead of the chat is not there for good.
      frame.remove();
      frame = null;
    }
    load();
    element.hidden = !open;
    cover();
    launcher.setOpen(open);
    if (open) {
      enter();
      post({ type: "open", modal: narrow.matches, page: page() });
    } else {
      post({ type: "close" });
      launcher.button.focus({ preventScroll: true });
    }
    api.emit(open ? "opened" : "closed");
  };

  /** What fills the screen is modal, and the page behind it stands still. */
  const cover = () => {
    const full = open && narrow.matches;
    element.setAttribute("aria-modal", String(full));
    const { style } = document.documentElement;
    if (full && overflow === null) {
      overflow = style.overflow;
      style.overflow = "hidden";
    } else if (!full && overflow !== null) {
      style.overflow = overflow;
      overflow = null;
    }
    fit();
  };
  // A phone is turned, a window made smaller.
  narrow.addEventListener("change", () => {
    cover();
    if (open) post({ type: "modal", modal: narrow.matches });
  });

  // Full screen follows the part of the window that the on-screen keyboard leaves.
  const view = window.visualViewport;
  const fit = () => {
    const full = open && view && narrow.matches;
    element.style.height = full ? `${view.height}px` : "";
    element.style.top = full ? `${view.offsetTop}px` : "";
  };
  view?.addEventListener("resize", fit);
  view?.addEventListener("scroll", fit);

  const received = {
    ready() {
      setReady(true);
      enter();
      // The frame was loaded again while it was open: it has to learn so.
      if (open && !queue.some(({ type }) => type === "open")) queue.push({ type: "open", modal: narrow.matches, page: page() });
      queue.splice(0).forEach(post);
      api.emit("ready");
    },
    close: () => setOpen(false),
    session: ({ known }) => store.set("known", known && "1"),
    keep({ key, value }) {
      store.set("kept", JSON.stringify({ ...JSON.parse(store.get("kept")), [key]: value }));
    },
    reset: () => store.set("reset", null),
    unread: ({ count }) => (launcher.setUnread(count), api.emit("unread", count)),
    message: ({ message }) => api.emit("message", message),
    error: ({ error }) => api.emit("error", error),
  };
  window.addEventListener("message", ({ origin: from, source, data }) => {
    if (from !== origin || !frame || source !== frame.contentWindow || !data || data.biseda !== 1) return;
    if (Object.hasOwn(received, data.type)) received[data.type](data);
  });

  return {
    element,
    load,
    reload: () => frame && begin(),
    close: () => setOpen(false),
    actions: {
      open: () => setOpen(true),
      close: () => setOpen(false),
      toggle: () => setOpen(!open),
      identify: (identity) => post({ type: "identify", identity }),
      setAttributes: (attributes) => post({ type: "identify", identity: { attributes } }),
      reset: () => (launcher.setUnread(0), post({ type: "reset" })),
    },
  };
}
