/** Colour arithmetic of WCAG 2.2: what text is readable on a brand colour, and what brand colour is readable as text. */

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** `#rrggbb` or the fallback, so that nothing else ever reaches a stylesheet. */
export const safeColor = (value, fallback = "#4f46e5") => (/^#[0-9a-f]{6}$/i.test(value) ? value : fallback);

function luminance(hex) {
  const [r, g, b] = channels(hex).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast of two colours, from 1 to 21. */
export function contrast(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

/** Black or white: one of them always reaches 4.5:1. White wins when both do, because brands expect it. */
export const textOn = (color) => (contrast(color, "#ffffff") >= 4.5 ? "#ffffff" : "#000000");

/** The colour itself, or as much nearer to black or white as 4.5:1 on this surface needs. */
export function readable(color, surface) {
  const goal = textOn(surface) === "#ffffff" ? 255 : 0;
  for (let share = 0; share < 1; share += 0.05) {
    const mixed =
      "#" +
      channels(color)
        .map((value) => Math.round(value + (goal - value) * share).toString(16).padStart(2, "0"))
        .join("");
    if (contrast(mixed, surface) >= 4.5) return mixed;
  }
  return goal ? "#ffffff" : "#000000";
}
