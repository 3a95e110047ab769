// Serves the built page of Next.js. Prints its port when it listens.
import { createServer } from "node:http";
import next from "next";

const app = next({ dev: false, dir: "next" });
await app.prepare();
const handle = app.getRequestHandler();
const http = createServer((request, response) => handle(request, response));
http.listen(0, "127.0.0.1", () => console.log(http.address().port));
