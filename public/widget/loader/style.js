/**
 * The button's and the dialog's style, as a constructed sheet: a page's `style-src` does not concern it. Important where
 * a page's own rules, such as those for all that stands in its body, would otherwise count.
 */
import { safeColor, textOn } from "../shared/color.js";

const css = (color, start) => `
:host{all:initial!important;color-scheme:light dark!important}
.launcher{position:fixed;z-index:2147483001;inset-block-end:calc(24px + env(safe-area-inset-bottom));${start ? "inset-inline-start" : "inset-inline-end"}:24px;
width:56px;height:56px;padding:0;border:0;border-radius:50%;cursor:pointer;background:${color};color:${textOn(color)};
box-shadow:0 1px 2px #0003,0 8px 24px #0000002e;transition:transform .15s;-webkit-tap-highlight-color:transparent}
.launcher:hover{transform:scale(1.05)}
.launcher:active{transform:scale(.97)}
.launcher:focus-visible{outline:3px solid ${color};outline-offset:3px;box-shadow:0 0 0 3px #fff}
svg{position:absolute;inset:14px;width:28px;height:28px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;transition:opacity .15s,transform .15s}
[aria-expanded=false] .down,[aria-expanded=true] .chat{opacity:0;transform:rotate(-45deg) scale(.6)}
.badge{position:absolute;inset-block-start:-4px;inset-inline-end:-4px;box-sizing:border-box;min-width:22px;height:22px;padding:0 5px;border:2px solid #fff;border-radius:11px;background:#c81e1e;color:#fff;font:600 12px/18px system-ui,sans-serif;text-align:center}
.badge:empty{display:none}
.panel{position:fixed;z-index:2147483000;box-sizing:border-box;inset-block-end:calc(96px + env(safe-area-inset-bottom));${start ? "inset-inline-start" : "inset-inline-end"}:24px;
width:400px;max-width:calc(100vw - 48px);height:min(704px,100vh - 120px);border-radius:16px;overflow:hidden;background:Canvas;
box-shadow:0 0 0 1px #00000014,0 2px 6px #0000000f,0 16px 48px #00000033;animation:in .15s ease-out}
.panel[hidden]{display:none}
iframe{display:block;width:100%;height:100%;border:0}
@keyframes in{from{opacity:0;transform:translateY(8px)}}
@media (max-width:479px){
.panel{inset:0;width:100%;max-width:none;height:100vh;height:100dvh;border-radius:0;box-shadow:none;background:${color};
padding:env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left)}
.panel[data-ready]~.launcher[aria-expanded=true]{display:none}}
@media (prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
@media (forced-colors:active){.launcher,.panel{border:1px solid ButtonText}}
@media print{.launcher,.panel{display:none}}`;

export function applyStyle(root, { color, position }) {
  const text = css(safeColor(color), position === "start");
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets = [sheet];
  } catch {
    // Browsers without constructed sheets.
    const style = document.createElement("style");
    style.textContent = text;
    root.append(style);
  }
}
