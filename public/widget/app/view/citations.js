/** Sources of an answer: `[1]` in the text and the list below it open the passage in a drawer. */
import { request } from "../api.js";
import { t } from "../config.js";
import { h, icon, iconButton, isWebAddress } from "../dom.js";
import { explain } from "../reasons.js";

let drawer = null;
let opener = null;

const chip = (citation) =>
  h("button", { type: "button", class: "chip", "aria-label": t("source_n", { n: citation.index, title: citation.title }), title: citation.title, onclick: () => openDrawer(citation) }, String(citation.index));

/** Makes each `[n]` of the text a button, where the answer has a citation n. */
export function linkCitations(element, citations) {
  if (!citations.length) return;
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("a,code,pre")) nodes.push(walker.currentNode);
  for (const node of nodes) {
    const parts = node.data.split(/\[(\d{1,3})\]/);
    if (parts.length < 3) continue;
    node.replaceWith(
      ...parts.map((part, at) => {
        const citation = at % 2 ? citations.find(({ index }) => index === Number(part)) : null;
        return citation ? chip(citation) : at % 2 ? `[${part}]` : part;
      }),
    );
  }
}

/** The sources under an answer. */
export const sourceList = (citations) =>
  h(
    "ul",
    { class: "sources", "aria-label": t("sources") },
    ...citations.map((citation) =>
      h("li", {}, h("button", { type: "button", class: "source", onclick: () => openDrawer(citation) }, h("span", { class: "number", "aria-hidden": "true" }, String(citation.index)), h("span", { class: "source-title" }, citation.title || t("source")))),
    ),
  );

/** The drawer; one for the whole page. */
export function createDrawer() {
  drawer = h("section", { class: "drawer", role: "dialog", "aria-modal": "true", "aria-labelledby": "drawer-title", hidden: true, tabindex: "-1" });
  drawer.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    closeDrawer();
  });
  return drawer;
}

function closeDrawer() {
  drawer.hidden = true;
  for (const element of drawer.parentElement.children) if (element !== drawer) element.inert = false;
  opener?.focus();
}

async function openDrawer(citation) {
  opener = document.activeElement;
  const body = h("div", { class: "passage", tabindex: "0" }, ...Array.from({ length: 4 }, () => h("div", { class: "skeleton" })));
  const back = iconButton("back", t("back"), closeDrawer);
  drawer.replaceChildren(
    h("div", { class: "drawer-head" }, back, h("h2", { id: "drawer-title", dir: "auto" }, citation.title || t("source"))),
    citation.heading ? h("p", { class: "heading", dir: "auto" }, citation.heading) : "",
    body,
    isWebAddress(citation.url) ? h("a", { class: "open-page", href: citation.url, target: "_blank", rel: "noopener noreferrer" }, icon("link"), t("open_page")) : "",
  );
  drawer.hidden = false;
  for (const element of drawer.parentElement.children) if (element !== drawer) element.inert = true;
  back.focus();
  try {
    const { text, start, end } = await request("GET", `passages/${citation.chunk_id}`);
    // The server counts characters, JavaScript halves of some of them.
    const characters = [...text];
    const part = (from, to) => characters.slice(from, to).join("");
    const mark = h("mark", {}, part(start, end));
    body.replaceChildren(h("p", { dir: "auto" }, part(0, start), mark, part(end)));
    mark.scrollIntoView({ block: "center" });
  } catch (error) {
    // The source may be gone since; what the answer rested on is still known.
    const gone = error.status === 404;
    body.replaceChildren(h("p", { class: "muted" }, gone ? t("source_gone") : explain(error)), h("p", { dir: "auto" }, h("mark", {}, citation.excerpt)));
  }
}
