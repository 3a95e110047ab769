/**
 * The socket: brings events with their positions and signals of the moment. It reconnects with growing pauses and says
 * where it stood, so that nothing is missed; after a sleep it first finds out whether the connection is still alive.
 */
import { token } from "./api.js";
import { ensureSession, failed, refresh } from "./session.js";
import { changed, state } from "./state.js";

let socket = null;
/** The token that the socket was opened with. */
let usedToken = null;
let cursor = null;
let failures = 0;
let timer = null;
let pulse = null;
let receive = null;
/** How long an answer to a ping may take. */
const PATIENCE = 30_000;
/** Close code of a node that restarts (RFC 6455 registry): another one takes this browser now. */
const RESTARTS = 1012;
let heard = 0;
/** When the ping was sent that nobody has answered yet; 0: there is none. */
let pinged = 0;

/** Connects when there is something to hear about, and stays connected. `handlers`: `online`, `event`, `signal`. */
export function connect(handlers) {
  receive ??= handlers;
  if (!receive || socket || timer || state.phase !== "ready" || !(state.conversation || state.open)) return;
  const address = new URL("/widget/api/live", location.href);
  address.protocol = address.protocol.replace("http", "ws");
  usedToken = token.get();
  address.searchParams.set("token", usedToken);
  state.live = failures > 1 ? "lost" : "connecting";
  pinged = 0;
  socket = new WebSocket(address);
  const mine = socket;
  mine.onopen = () => mine.send(JSON.stringify({ hello: { cursor } }));
  mine.onmessage = ({ data }) => mine === socket && take(JSON.parse(data));
  mine.onclose = ({ code }) => mine === socket && lost(code === RESTARTS);
  changed();
}

function take(frame) {
  heard = Date.now();
  pinged = 0;
  const begin = frame.welcome ?? frame.reload;
  if (begin) {
    // The session's answer is older than the socket; whatever came between is fetched once more.
    const fresh = cursor === null || frame.reload !== undefined;
    cursor = begin.cursor;
    failures = 0;
    state.live = "open";
    state.draft = state.typing = null;
    clearInterval(pulse);
    pulse = setInterval(beat, 15_000);
    if (fresh) refresh().catch(() => ((cursor = null), drop()));
    receive.online();
    changed();
  } else if (frame.event) {
    cursor = frame.event.position;
    receive.event(frame.event.event);
  } else if (frame.signal) receive.signal(...Object.entries(frame.signal)[0]);
}

function ping() {
  if (socket?.readyState !== WebSocket.OPEN) return;
  socket.send('"ping"');
  pinged ||= Date.now();
}

/**
 * Asks for a sign of life when it has been quiet; gives the connection up when none came for too long. Silence alone says
 * nothing: the timers of a hidden tab run once a minute, if at all.
 */
function beat() {
  const now = Date.now();
  if (pinged) {
    if (now - pinged > PATIENCE) drop();
  } else if (now - heard > 12_000) ping();
}

/** Gives this connection up and goes for another. */
function drop() {
  const old = socket;
  socket = null;
  old?.close();
  lost();
}

/** Tries again later; at once when a node that had welcomed us sends us on. */
function lost(sentOn = false) {
  socket = null;
  clearInterval(pulse);
  failures += 1;
  // A short break is nobody's business; the banner comes with the second failure.
  state.live = failures > 1 ? "lost" : "connecting";
  changed();
  clearTimeout(timer);
  if (sentOn && failures === 1) return connect();
  const wait = Math.min(30_000, 500 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random() / 2);
  timer = setTimeout(again, wait);
}

async function again() {
  clearTimeout(timer);
  timer = null;
  // The token may have ended; the server says so on a request, not on a socket.
  if (failures > 1) {
    try {
      await refresh();
    } catch (error) {
      if (error.code === "offline" || error.isTemporary) return lost();
      // `wake` asks again.
      if (error.status === 403) return failed(error);
    }
  }
  connect();
}

/** The visitor is back, or the network is: do not wait for the pause to end. */
export function wake() {
  // One that stands idle before a visitor has waited in vain for the tab that was to begin the session.
  if (["failed", "closed"].includes(state.phase) || (state.phase === "idle" && state.open)) ensureSession().catch(() => {});
  if (timer) {
    failures = Math.min(failures, 1);
    again();
  } else if (socket?.readyState === WebSocket.OPEN) {
    const asked = Date.now();
    ping();
    setTimeout(() => heard < asked && socket && drop(), 4000);
  }
}

/** Another visitor: the old socket is not ours any more. */
export function disconnect() {
  const old = socket;
  socket = null;
  cursor = null;
  failures = 0;
  clearTimeout(timer);
  clearInterval(pulse);
  timer = null;
  state.live = "idle";
  old?.close();
}

/** Another visitor's or conversation's events are to be heard from now on. */
export function reconnect() {
  disconnect();
  connect();
}

/** Whether the socket was opened in the name of the present session: no other tab has begun another one since. */
export const isOurs = () => usedToken === token.get();

let typed = 0;
/** Says that the visitor is writing, at most every three seconds. */
export function sendTyping() {
  const now = Date.now();
  if (now - typed < 3000 || socket?.readyState !== WebSocket.OPEN) return;
  typed = now;
  socket.send(JSON.stringify({ typing: { conversation_id: null } }));
}
