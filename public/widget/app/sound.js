/** A soft two-tone sign for a new message. Browsers allow it only after the visitor has touched the page. */
import { changed, state } from "./state.js";
import * as storage from "./storage.js";
import { tell } from "./tabs.js";

let context = null;
const unlock = () => {
  context ??= new (window.AudioContext || window.webkitAudioContext)();
  if (context.state === "suspended") context.resume().catch(() => {});
};
for (const name of ["pointerdown", "keydown"]) addEventListener(name, unlock, { once: true, capture: true });

export function beep() {
  if (!context || state.muted || !state.appearance.sound || context.state !== "running") return;
  [659.25, 880].forEach((frequency, at) => {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const start = context.currentTime + at * 0.12;
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.06, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.28);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.3);
  });
}

/** Switches the sound off or on, in all tabs. */
export function setMuted(muted, byOtherTab = false) {
  state.muted = muted;
  if (!byOtherTab) {
    storage.write("muted", muted);
    tell("muted", { muted });
  }
  changed();
}
