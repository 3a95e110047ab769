/** What the server put into the page: the channel's key and appearance, the language and its texts, the limits. */

export const config = JSON.parse(document.getElementById("biseda-data").textContent);

/** The text of a key in the visitor's language, with `{name}` replaced. */
export function t(key, values = {}) {
  const text = config.translations[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

const formats = {
  time: new Intl.DateTimeFormat(config.language, { hour: "numeric", minute: "2-digit" }),
  day: new Intl.DateTimeFormat(config.language, { weekday: "long", day: "numeric", month: "long" }),
  exact: new Intl.DateTimeFormat(config.language, { dateStyle: "long", timeStyle: "short" }),
};

export const clock = (date) => formats.time.format(date);
export const exact = (date) => formats.exact.format(date);

/** Today, yesterday, or the date. */
export function dayName(date) {
  const midnight = (value) => new Date(value.getFullYear(), value.getMonth(), value.getDate()).getTime();
  const days = Math.round((midnight(new Date()) - midnight(date)) / 86_400_000);
  if (days === 0) return t("today");
  if (days === 1) return t("yesterday");
  return formats.day.format(date);
}

/** Bytes as people read them. */
export function fileSize(bytes) {
  const [unit, digits, value] =
    bytes < 1024 ? ["byte", 0, bytes] : bytes < 1_048_576 ? ["kilobyte", 0, bytes / 1024] : ["megabyte", 1, bytes / 1_048_576];
  return new Intl.NumberFormat(config.language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits }).format(value);
}
