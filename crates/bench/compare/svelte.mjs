// Serves the built page of SvelteKit. Prints its port when it listens.
import { createServer } from "node:http";
import { handler } from "./svelte/build/handler.js";

const http = createServer(handler);
http.listen(0, "127.0.0.1", () => console.log(http.address().port));
