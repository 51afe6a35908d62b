// The real server, as `make run` builds it or as TONGXIN_BIN names it, on a free port with the demo city and its clock.
import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

const binary = () => process.env.TONGXIN_BIN ?? "target/release/tongxin";

/** Fills a new data directory with the past that `tongxin demo` invents, until a time of the city. */
export function fillPast(data, until) {
  execFileSync(binary(), ["demo", "--data", data, "--until", until, "--lang", "en"], { cwd: ROOT });
}

/** Starts the server and waits until it answers. Returns its address, how long the start took, and how to stop it. */
export async function startServer(more = []) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const started = performance.now();
  const child = spawn(binary(), ["serve", "--listen", `127.0.0.1:${port}`, ...more], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let ended = null;
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output = (output + chunk).slice(-8000)));
  child.once("error", (error) => (ended = String(error)));
  child.once("exit", (code, signal) => (ended ??= `it ended with ${code ?? signal}`));
  while (performance.now() - started < 30_000) {
    if (ended !== null) throw new Error(`the server did not start: ${ended}\n${output}`);
    try {
      if ((await fetch(`${url}/healthz`)).ok) {
        return { url, start_ms: Math.round(performance.now() - started), stop: () => stop(child) };
      }
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill("SIGKILL");
  throw new Error(`the server did not answer /healthz within 30 s\n${output}`);
}

/** Asks the server to stop gracefully; resolves to whether it did so by itself within ten seconds. */
function stop(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve(false);
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      resolve(false);
    }, 10_000);
    child.once("exit", (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
    child.kill("SIGTERM");
  });
}
