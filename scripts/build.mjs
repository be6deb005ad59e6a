// `npm run build`: compiles into dist what has changed since the last build that went through, and bundles of it what the server loads (`bundle.mjs`).
// Where nothing has, the compiler is not even loaded: reading the sources takes tenths of a second, and the types of all packages ten.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const rooms = ['src', 'libs', 'tools'];
const state = 'dist/.tsbuildinfo.build';
const stamp = 'dist/.built';
const program = 'dist/src/start/start.js';
const bundled = { folder: 'dist/server', entry: 'dist/server/start.js' };

const filesBelow = (folder, pattern) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .filter((file) => pattern.test(file))
        .map((file) => `${folder}/${file}`.replaceAll('\\', '/'))
        .sort()
    : [];
const isCompiled = (file) => !/\.spec\.ts$|^libs\/.*\/(contract|testing)\//.test(file);
const outputOf = (source) => `dist/${source.replace(/\.ts$/, '.js')}`;

const sources = rooms.flatMap((room) => filesBelow(room, /\.ts$/)).filter(isCompiled);
const digest = createHash('sha256');
for (const file of [...sources, 'tsconfig.json', 'tsconfig.build.json', 'package.json', 'package-lock.json', 'scripts/bundle.mjs'])
  digest.update(`${file}\0${readFileSync(file, 'utf8')}\0`);
const fingerprint = digest.digest('hex');

const outputs = new Set(sources.map(outputOf));
const complete = [...outputs].every((file) => existsSync(file));
const isBundled = !outputs.has(program) || existsSync(bundled.entry);
if (!complete || !isBundled || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== fingerprint) {
  rmSync(stamp, { force: true });
  if (!complete) rmSync(state, { force: true }); // the compiler believes what it wrote down, not what is there
  for (const file of rooms.flatMap((room) => filesBelow(`dist/${room}`, /\.js(\.map)?$/)))
    if (!outputs.has(file.replace(/\.map$/, ''))) rmSync(file);
  const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
  if (status === 0) {
    if (outputs.has(program)) await (await import('./bundle.mjs')).bundle(program, bundled.folder);
    writeFileSync(stamp, fingerprint);
  }
  process.exitCode = status ?? 1;
}
