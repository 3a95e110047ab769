/** Requests to `/widget/api/…` with the visitor's token. */
import { state } from "./state.js";
import * as storage from "./storage.js";

/** An answer that is no success. `code` is the server's stable word, or `offline` when there was no answer. */
export class ApiError extends Error {
  constructor(status, { code, message, details = [], request_id = null }, retryAfter = 0) {
    super(message);
    Object.assign(this, { status, code, details, requestId: request_id, retryAfter });
  }

  /** Whether the same request may succeed later. */
  get isTemporary() {
    return this.code === "offline" || this.status === 429 || this.status >= 500;
  }
}

export const token = {
  get: () => storage.read("token"),
  set: (value) => storage.write("token", value),
  clear: () => storage.remove("token"),
};

/** How a session is made again when the server no longer accepts the token; set by `session.js`. */
export const renewal = { renew: null };

async function answer(response) {
  let body;
  try {
    body = await response.json();
  } catch {
    body = null;
  }
  if (response.ok && body?.success) return body.data;
  const error = body?.error ?? { code: response.status >= 500 ? "unavailable" : "invalid", message: response.statusText };
  throw new ApiError(response.status, error, Number(response.headers.get("retry-after")) || 0);
}

async function send(method, path, body) {
  const headers = {};
  const text = JSON.stringify(body);
  if (token.get()) headers.authorization = `Bearer ${token.get()}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), 20_000);
  try {
    const response = await fetch(`/widget/api/${path}`, {
      method,
      headers,
      body: text,
      signal: timeout.signal,
      credentials: "omit",
      // A message arrives also when the visitor leaves the page meanwhile. Browsers refuse that to more than 64 kB.
      keepalive: path === "messages" && text.length < 20_000,
    });
    return await answer(response);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(0, { code: "offline", message: "no answer" });
  } finally {
    clearTimeout(timer);
  }
}

/** One request; a token that is no longer accepted is renewed once. */
export async function request(method, path, body) {
  const { era } = state;
  try {
    return await send(method, path, body);
  } catch (error) {
    if (error.status !== 401 || path === "session") throw error;
    await renewal.renew();
    // What one visitor asked is not asked in the name of the next.
    if (era !== state.era) throw error;
    return send(method, path, body);
  }
}

/** Uploads a file, telling how far it is (0 to 1). Gives `{promise, abort}`. */
export function upload(file, onprogress) {
  const xhr = new XMLHttpRequest();
  const promise = new Promise((resolve, reject) => {
    xhr.upload.onprogress = ({ loaded, total }) => onprogress(total ? loaded / total : 0);
    xhr.onerror = xhr.onabort = () => reject(new ApiError(0, { code: "offline", message: "no answer" }));
    xhr.onload = () =>
      answer(new Response(xhr.response, { status: xhr.status || 502, headers: { "retry-after": xhr.getResponseHeader("retry-after") ?? "" } }))
        .then(resolve, reject);
    xhr.open("POST", "/widget/api/uploads");
    xhr.setRequestHeader("authorization", `Bearer ${token.get()}`);
    const form = new FormData();
    form.append("file", file, file.name);
    xhr.send(form);
  });
  return { promise, abort: () => xhr.abort() };
}
