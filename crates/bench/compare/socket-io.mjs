// A socket.io server that passes on to all its sockets what is posted to it. Prints its port when it listens.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    io.emit("message", JSON.parse(body));
    response.writeHead(200, { "content-length": 2 }).end("{}");
  });
});
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false });
// Else a connection that has rested is closed just when it is used again.
http.keepAliveTimeout = 60_000;
http.listen(0, "127.0.0.1", () => console.log(http.address().port));
