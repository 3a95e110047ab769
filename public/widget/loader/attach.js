/**
 * Keeps the widget in the page while Turbo, Turbolinks, Astro and the like replace the body.
 *
 * It lives in the body, not beside it: frameworks that hydrate the whole document delete what they do not know in
 * `<html>`, but leave the end of `<body>` alone. `onreload`: the frame is about to be loaded again.
 */
export function keepAttached(host, onreload) {
  // A move with `moveBefore` keeps the frame running; an ordinary one loads it again, and it picks up where it was.
  const put = (parent) => {
    if (host.isConnected && parent.moveBefore) return parent.moveBefore(host, null);
    onreload();
    parent.append(host);
  };
  const observer = new MutationObserver(() => watch());

  const watch = () => {
    const { body } = document;
    if (!body) return;
    if (host.parentNode !== body) put(body);
    observer.disconnect();
    observer.observe(document.documentElement, { childList: true });
    observer.observe(body, { childList: true });
  };

  // Out of the body before it is thrown away; the observer puts it into the new one.
  for (const name of ["turbo:before-render", "turbolinks:before-render", "astro:before-swap"])
    document.addEventListener(name, () => {
      if (!document.documentElement.moveBefore) return;
      observer.disconnect();
      put(document.documentElement);
      observer.observe(document.documentElement, { childList: true });
    });
  watch();
}
