/** Why something did not work, in the visitor's language: by the server's stable words, whose messages are English. */
import { config, fileSize, t } from "./config.js";

const rules = { broken_upload: "file_broken", email: "email_invalid", file_kind: "file_kind", not_there: "file_gone" };

/** The words for an error of `api.js`. */
export function explain({ code, status, details }) {
  if (code === "offline") return t("error_offline");
  if (status === 429) return t("error_rate");
  if (status >= 500 || !code) return t("error_server");
  if (code === "too_large") return t("file_too_large", { limit: fileSize(config.max_file_bytes) });
  if (code === "forbidden" || code === "suspended" || code === "not_found") return t("not_possible");
  return t(rules[details?.[0]?.rule] ?? "not_accepted");
}
