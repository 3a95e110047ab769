/** What the server put into the page: the channel's key and appearance, the language and its texts, the limits. */

export const config = JSON.parse(document.getElementById("biseda-data").textContent);

/** The text of a key in the visitor's language, with `{name}` replaced. */
export function t(key, values = {}) {
  const text = config.translations[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

const format = (options) => {
  const { format } = new Intl.DateTimeFormat(config.language, options);
  return format;
};
const intl = () => ({
  time: format({ hour: "numeric", minute: "2-digit" }),
  day: format({ weekday: "long", day: "numeric", month: "long" }),
  exact: format({ dateStyle: "long", timeStyle: "short" }),
  number: new Intl.NumberFormat(config.language).format,
});
// Chromium carries no data for Albanian: its formats read "2026 M11 21".
const albanian = () => {
  const months = "janar shkurt mars prill maj qershor korrik gusht shtator tetor nëntor dhjetor".split(" ");
  const days = ["e diel", "e hënë", "e martë", "e mërkurë", "e enjte", "e premte", "e shtunë"];
  const time = (date) => [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
  const day = (date) => `${date.getDate()} ${months[date.getMonth()]}`;
  const number = (value) => String(value).replace(".", ",");
  return { time, day: (date) => `${days[date.getDay()]}, ${day(date)}`, exact: (date) => `${day(date)} ${date.getFullYear()}, ${time(date)}`, number };
};
const formats = config.language === "sq" ? albanian() : intl();

export const clock = (date) => formats.time(date);
export const exact = (date) => formats.exact(date);

/** Today, yesterday, or the date. */
export function dayName(date) {
  const midnight = (value) => new Date(value.getFullYear(), value.getMonth(), value.getDate()).getTime();
  const days = Math.round((midnight(new Date()) - midnight(date)) / 86_400_000);
  if (days === 0) return t("today");
  if (days === 1) return t("yesterday");
  return formats.day(date);
}

/** Bytes as people read them, by the rule of the dashboard (`format_bytes`): `512 B`, `12 kB`, `1.4 MB`. */
export function fileSize(bytes) {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < 2) [value, unit] = [value / 1024, unit + 1];
  const rounded = unit < 2 ? Math.round(value) : Math.round(value * 10) / 10;
  return `${formats.number(rounded)} ${["B", "kB", "MB"][unit]}`;
}
