/** Elements without a framework. Text is always set as text; HTML only where it is named so. */

const SVG = "http://www.w3.org/2000/svg";

/** Paths of Lucide icons (ISC licence). */
const ICONS = {
  close: "M18 6 6 18M6 6l12 12",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  send: "m5 12 7-7 7 7M12 19V5",
  attach: "m16 6-8.414 8.586a2 2 0 0 0 2.829 2.829l8.414-8.586a4 4 0 1 0-5.657-5.657l-8.379 8.551a6 6 0 1 0 8.485 8.485l8.379-8.551",
  person: "M19 21v-2a4 4 0 0 0-4-4H9a4 4 0 0 0-4 4v2M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z",
  sound: "M11 4.7 6.4 8.3A1.4 1.4 0 0 1 5.4 9H3v6h2.4a1.4 1.4 0 0 1 1 .4L11 19.3ZM16 9a5 5 0 0 1 0 6M19.4 18.4a9 9 0 0 0 0-12.8",
  mute: "M11 4.7 6.4 8.3A1.4 1.4 0 0 1 5.4 9H3v6h2.4a1.4 1.4 0 0 1 1 .4L11 19.3ZM22 9l-6 6M16 9l6 6",
  end: "M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4M16 17l5-5-5-5M21 12H9",
  restart: "M3 12a9 9 0 1 0 9-9 9.75 9.75 0 0 0-6.74 2.74L3 8M3 3v5h5",
  file: "M15 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V7ZM14 2v4a2 2 0 0 0 2 2h4",
  link: "M15 3h6v6M10 14 21 3M18 13v6a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h6",
  spark: "M9.94 15.5A2 2 0 0 0 8.5 14.06l-6.14-1.58a.5.5 0 0 1 0-.96L8.5 9.94A2 2 0 0 0 9.94 8.5l1.58-6.14a.5.5 0 0 1 .96 0L14.06 8.5A2 2 0 0 0 15.5 9.94l6.14 1.58a.5.5 0 0 1 0 .96L15.5 14.06a2 2 0 0 0-1.44 1.44l-1.58 6.14a.5.5 0 0 1-.96 0Z",
  alert: "M12 22a10 10 0 1 0 0-20 10 10 0 0 0 0 20ZM12 8v4M12 16h.01",
  down: "M12 5v14M19 12l-7 7-7-7",
  back: "m12 19-7-7 7-7M19 12H5",
};

/** A line icon; decorative, so hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * An element: `h("button", { class: "send", onclick, "aria-label": "Send" }, icon("send"))`.
 * Properties that begin with `on` are listeners, the others attributes; null and false leave an attribute out.
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A button with an icon and a name for those who do not see it. */
export const iconButton = (name, label, onclick, props = {}) =>
  h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...props }, icon(name));

/** Only addresses that a browser may follow from a message. */
export const isWebAddress = (value) => /^https?:\/\//i.test(value ?? "");

/** Makes the children of an element those of a list, in order, touching only what differs. */
export function reconcile(parent, elements) {
  const keep = new Set(elements);
  for (const child of [...parent.children]) if (!keep.has(child)) child.remove();
  elements.forEach((element, at) => {
    if (parent.children[at] !== element) parent.insertBefore(element, parent.children[at] ?? null);
  });
}
