/** The round button, with an icon for each state and the number of unread messages. */

const SVG = "http://www.w3.org/2000/svg";

function icon(name, path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", name);
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

export function createLauncher({ labels }, onclick) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "launcher";
  button.setAttribute("aria-controls", "panel");
  button.onclick = onclick;

  const badge = document.createElement("span");
  badge.className = "badge";
  badge.setAttribute("aria-hidden", "true");
  button.append(icon("chat", "M7.9 20A9 9 0 1 0 4 16.1L2 22Z"), icon("down", "m6 9 6 6 6-6"), badge);

  let open = false;
  let unread = 0;
  const show = () => {
    const label = open ? labels.close : labels.open;
    button.setAttribute("aria-expanded", String(open));
    button.setAttribute("aria-label", unread && !open ? `${label} (${labels.unread.replace("{count}", unread)})` : label);
    badge.textContent = unread && !open ? (unread > 9 ? "9+" : unread) : "";
  };
  show();

  return {
    button,
    setOpen: (value) => ((open = value), show()),
    setUnread: (value) => ((unread = value), show()),
  };
}
