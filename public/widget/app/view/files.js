/** Files of the message that is being written: chosen, pasted or dropped; uploaded at once, sent with the message. */
import { request, upload } from "../api.js";
import { config, t } from "../config.js";
import { h, icon, iconButton } from "../dom.js";
import { explain } from "../reasons.js";
import { ensureSession } from "../session.js";
import { setNotice, state } from "../state.js";

/** So many files go with one message. */
const MOST = 10;

export function createFiles(onchange) {
  const element = h("ul", { class: "uploads", "aria-label": t("files"), hidden: true });
  let items = [];

  const changed = () => {
    element.hidden = items.length === 0;
    onchange();
  };
  const drop = (item) => {
    item.abort?.();
    items = items.filter((other) => other !== item);
    item.row.remove();
    changed();
  };
  /** Leaves a file out of the message: what the server has of it would stand in the way of others. */
  const discard = (item) => {
    drop(item);
    if (item.attachment) request("DELETE", `uploads/${item.attachment.id}`).catch(() => {});
  };

  /** Says what is wrong with a file; nothing, while it is on its way. */
  const mark = (item, error, mayRetry = false) => {
    item.error = item.note.textContent = error;
    item.row.classList.toggle("failed", error !== "");
    item.bar.hidden = error !== "";
    item.again.hidden = !mayRetry;
    changed();
  };
  const send = async (item) => {
    mark(item, "");
    try {
      await ensureSession();
      if (!items.includes(item)) return;
      const { promise, abort } = upload(item.file, (part) => (item.bar.value = part));
      item.abort = abort;
      item.attachment = await promise;
      item.bar.remove();
      changed();
    } catch (error) {
      const isFull = error.status === 507 || error.code === "limit_reached";
      if (items.includes(item)) mark(item, isFull ? t("file_no_room") : explain(error), true);
    }
  };

  const add = (file) => {
    const { name, size } = file;
    const remove = iconButton("close", t("remove_file", { name }), () => discard(item));
    const retry = () => {
      // The button goes, and must not take the focus with it.
      remove.focus();
      send(item);
    };
    const bar = h("progress", { max: 1, value: 0, "aria-label": t("uploading", { name }) });
    const note = h("span", { class: "upload-error", role: "alert" });
    const again = h("button", { type: "button", class: "link", "aria-label": `${t("retry")}: ${name}`, onclick: retry }, t("retry"));
    const row = h("li", { class: "upload" }, icon("file"), h("span", { class: "file-name" }, name), note, bar, again, remove);
    const item = { file, row, bar, note, again };
    items.push(item);
    element.append(row);
    if (size > config.max_file_bytes) mark(item, explain({ code: "too_large" }));
    else if (size === 0) mark(item, t("file_empty"));
    else send(item);
  };

  const uploaded = () => items.filter(({ attachment }) => attachment);
  return {
    element,
    add(files) {
      if (!state.appearance.file_upload) return;
      const room = MOST - items.length;
      if (files.length > room) setNotice({ text: t("too_many_files", { count: MOST }) });
      [...files].slice(0, room).forEach(add);
    },
    /** Whether a file is still on its way. */
    isBusy: () => items.some((item) => !item.attachment && !item.error),
    /** Whether there is a file to be sent. */
    isReady: () => uploaded().length > 0,
    /** Takes off what is to be sent; what failed stays. */
    take() {
      const taken = uploaded();
      taken.forEach(drop);
      return taken.map(({ attachment }) => attachment);
    },
    clear: () => [...items].forEach(drop),
  };
}

/** Lets files be dropped anywhere on an element. */
export function acceptDrops(element, files) {
  const carries = (event) => state.appearance.file_upload && event.dataTransfer?.types.includes("Files");
  let depth = 0;
  element.addEventListener("dragenter", (event) => carries(event) && (++depth, element.classList.add("dropping")));
  element.addEventListener("dragleave", (event) => carries(event) && --depth <= 0 && element.classList.remove("dropping"));
  element.addEventListener("dragover", (event) => carries(event) && event.preventDefault());
  element.addEventListener("drop", (event) => {
    depth = 0;
    element.classList.remove("dropping");
    if (!carries(event)) return;
    event.preventDefault();
    files.add(event.dataTransfer.files);
  });
}
