// `npm ci` refuses a lock file that leaves out the optional packages of other platforms (prebuilt binaries), and `npm install` leaves them out where the
// registry at hand does not carry them. This adds what is missing: the exact version that the parent asks for, and the platform its name says, so
// that npm knows which ones to leave alone. Their integrity is recorded by the first `npm install` on a registry that has them.
// `--check` only says whether something is missing.
import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));
const { packages } = lock;

const systems = ['darwin', 'linux', 'win32', 'freebsd', 'android', 'openharmony', 'sunos', 'netbsd', 'openbsd', 'aix'];
const processors = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 's390x', 'riscv64', 'loong64', 'wasm32'];

/** As Node looks for it: in the parent's own node_modules, then outwards. */
function isInstalledFor(parent, name) {
  const folders =
    parent === '' ? [] : parent.split('/node_modules/').map((_, depth, parts) => parts.slice(0, depth + 1).join('/node_modules/'));
  return ['', ...folders.map((folder) => `${folder}/`)].some((folder) => packages[`${folder}node_modules/${name}`]);
}

function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  const libc = words.some((word) => word.startsWith('musl')) ? ['musl'] : words.includes('gnu') ? ['glibc'] : undefined;
  if (os.length === 0 || cpu.length === 0) throw new Error(`${name}: its platform cannot be told by its name`);
  return { cpu, ...(libc && os.includes('linux') ? { libc } : {}), os };
}

const missing = Object.entries(packages).flatMap(([parent, { dev, optionalDependencies = {} }]) =>
  Object.entries(optionalDependencies)
    .filter(([name]) => !isInstalledFor(parent, name))
    .map(([name, version]) => ({ name, version, dev })),
);
for (const { name, version, dev } of missing) {
  if (!/^\d/.test(version)) throw new Error(`${name}: ${version} is no exact version`);
  packages[`node_modules/${name}`] = { version, ...platformOf(name), ...(dev ? { dev: true } : {}), optional: true };
}

if (process.argv.includes('--check')) {
  for (const { name } of missing) console.error(`missing in package-lock.json: ${name}`);
  if (missing.length > 0) console.error('run: node scripts/complete-lockfile.mjs');
  process.exitCode = missing.length > 0 ? 1 : 0;
} else if (missing.length > 0) {
  lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`added ${missing.length} packages of other platforms to package-lock.json`);
}
