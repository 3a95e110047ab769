/** Files of the message that is being written: chosen, pasted or dropped; uploaded at once, sent with the message. */
import { upload } from "../api.js";
import { config, t } from "../config.js";
import { h, icon, iconButton } from "../dom.js";
import { ensureSession } from "../session.js";
import { state } from "../state.js";
import { explain } from "./notice.js";

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

  const add = async (file) => {
    const item = { file };
    const bar = h("progress", { max: 1, value: 0, "aria-label": t("uploading", { name: file.name }) });
    const note = h("span", { class: "upload-error", role: "alert" });
    item.row = h("li", { class: "upload" }, icon("file"), h("span", { class: "file-name" }, file.name), note, bar, iconButton("close", t("remove_file", { name: file.name }), () => drop(item)));
    items.push(item);
    element.append(item.row);
    changed();
    const fail = (text) => {
      item.error = text;
      note.textContent = text;
      item.row.classList.add("failed");
      bar.remove();
      changed();
    };
    if (file.size > config.max_file_bytes) return fail(t("file_too_large", { megabytes: Math.floor(config.max_file_bytes / 1_048_576) }));
    if (file.size === 0) return fail(t("file_empty"));
    try {
      await ensureSession();
      const { promise, abort } = upload(file, (part) => (bar.value = part));
      item.abort = abort;
      item.attachment = await promise;
      bar.remove();
      changed();
    } catch (error) {
      if (items.includes(item)) fail(explain(error));
    }
  };

  return {
    element,
    add: (files) => state.appearance.file_upload && [...files].slice(0, 10 - items.length).forEach(add),
    /** Whether a file is still on its way. */
    isBusy: () => items.some((item) => !item.attachment && !item.error),
    ready: () => items.filter((item) => item.attachment).map((item) => item.attachment),
    clear: () => [...items].forEach((item) => ((item.abort = null), drop(item))),
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
