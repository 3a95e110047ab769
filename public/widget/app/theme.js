/** The channel's colour and scheme, as properties that the style sheet uses. */
import { readable, safeColor, textOn } from "../shared/color.js";

// The surfaces (--raised of style/base.css) on which the brand colour is also text.
const LIGHT = "#f4f4f5";
const DARK = "#24262c";

export function applyTheme({ color, color_scheme: scheme }) {
  const brand = safeColor(color);
  const root = document.documentElement;
  const colors = { brand, "on-brand": textOn(brand), "brand-on-light": readable(brand, LIGHT), "brand-on-dark": readable(brand, DARK) };
  for (const [name, value] of Object.entries(colors)) root.style.setProperty(`--${name}`, value);
  root.dataset.scheme = scheme;
}
