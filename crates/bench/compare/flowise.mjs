// Serves Flowise on the Postgres of DATABASE_*. Prints its port when it is ready.
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname } from "node:path";

const port = await new Promise((found) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const { port } = probe.address();
    probe.close(() => found(port));
  });
});
Object.assign(process.env, { PORT: port, HOST: "127.0.0.1", DATABASE_TYPE: "postgres", DISABLE_FLOWISE_TELEMETRY: "true" });

const require = createRequire(new URL("flowise/package.json", import.meta.url));
const program = dirname(require.resolve("flowise/package.json"));
await createRequire(`${program}/package.json`)("@oclif/core").run(["start"], program);
const isReady = () => fetch(`http://127.0.0.1:${port}/api/v1/ping`).then((answer) => answer.ok, () => false);
while (!(await isReady())) await new Promise((done) => setTimeout(done, 50));
console.log(port);
