// Builds the scripts that the pages serve into dist/, packed beside the plain files, and into build/ what the tests import.
import { build } from "esbuild";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

rmSync("dist", { recursive: true, force: true });
rmSync("build", { recursive: true, force: true });

const common = { bundle: true, minify: true, format: "esm", target: "es2022", legalComments: "none", logLevel: "warning" };
await build({ ...common, entryPoints: ["src/page.ts", "src/map.ts", "src/door.ts", "src/passkey.ts", "src/push.ts", "src/push-worker.ts"], outdir: "dist" });
// The worker is a classic script and comes built; it is taken as it is.
const maplibre = "node_modules/maplibre-gl/";
writeFileSync("dist/map-worker.js", readFileSync(`${maplibre}dist/maplibre-gl-csp-worker.js`));
writeFileSync("dist/map.css", readFileSync(`${maplibre}dist/maplibre-gl.css`));
writeFileSync("dist/maplibre-license.txt", readFileSync(`${maplibre}LICENSE.txt`));
await build({ ...common, minify: false, entryPoints: ["src/shapes.ts", "src/ticket.ts", "src/gate.ts"], outdir: "build", outExtension: { ".js": ".mjs" } });

for (const name of readdirSync("dist")) {
  const bytes = readFileSync(`dist/${name}`);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`dist/${name}.br`, brotliCompressSync(bytes, { params }));
}
