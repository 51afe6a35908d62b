// The same server behind a bad line: pages come in small pieces with pauses, so that a browser paints them half parsed.
import { createServer, request } from "node:http";

/** So many pieces, and the pause after each (milliseconds). */
const PIECES = 30;
const PAUSE = 25;

/** Starts a way to `origin` over which pages trickle. Returns its address and how to close it. */
export async function startSlowLine(origin) {
  const server = createServer((asked, answered) => {
    const headers = { ...asked.headers, "accept-encoding": "identity" };
    const through = request(origin + asked.url, { method: asked.method, headers }, async (reply) => {
      const { "content-length": _, ...kept } = reply.headers;
      answered.writeHead(reply.statusCode, kept);
      const parts = [];
      for await (const part of reply) parts.push(part);
      const body = Buffer.concat(parts);
      if (!reply.headers["content-type"]?.startsWith("text/html")) return answered.end(body);
      // Cut anywhere: inside tags, words and characters.
      const size = Math.ceil(body.length / PIECES);
      for (let at = 0; at < body.length && !answered.destroyed; at += size) {
        answered.write(body.subarray(at, at + size));
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
      answered.end();
    });
    through.on("error", () => answered.destroy());
    asked.pipe(through);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
