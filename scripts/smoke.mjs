// `npm run smoke`: whether the product runs on every version of Node that the README promises; `npm run smoke -- 24` on that one, `-- --suite` runs the
// tests there instead. A version is fetched by npm into a folder that goes again: nothing here is needed to start, to build or to test.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({ options: { suite: { type: 'boolean', default: false } }, allowPositionals: true });
const versions = positionals.length > 0 ? positionals : values.suite ? ['20.19', '24'] : ['20.19', '22', '24', '26'];
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];

const bundling = `await (await import('./scripts/bundle.mjs')).bundle('dist/src/start/start.js', 'dist/server')`;

/** The package has its binary inside, so that no script has to run at its installation. */
function fetched(version, folder) {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const options = ['--no-save', '--no-package-lock', '--ignore-scripts', '--loglevel=error', '--prefix', folder];
  const { status, stderr } = spawnSync('npm', ['install', ...options, `${name}@${version}`], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm cannot fetch ${name}@${version}:\n${stderr}`);
  return join(folder, 'node_modules', name, 'bin', 'node');
}

function tried(version) {
  const folder = mkdtempSync(join(tmpdir(), 'millwright-node-'));
  // Tests that root runs start some programs as an ordinary user, who must get through to it.
  chmodSync(folder, 0o755);
  try {
    const node = fetched(version, folder);
    const { stdout: name } = spawnSync(node, ['--version'], { encoding: 'utf8' });
    // What the tests start beside themselves is to be of that version, too.
    const env = { ...process.env, PATH: `${join(node, '..')}:${process.env.PATH}` };
    // The bundler has a native part with Nodes of its own that it runs on: the server that is tried is one that this Node has bundled.
    const bundled = spawnSync(node, ['--input-type=module', '--eval', bundling], { env, encoding: 'utf8' });
    if (bundled.status !== 0) return { ok: false, name: name.trim(), seen: 'does not bundle the server', details: bundled.stderr };
    const { status, stdout, stderr } = values.suite
      ? spawnSync(node, jest, { env, encoding: 'utf8', stdio: ['ignore', 'inherit', 'pipe'], maxBuffer: 2 ** 30 })
      : spawnSync(node, ['dist/tools/smoke.js'], { env, encoding: 'utf8' });
    const seen = values.suite ? (/^Tests: +(.*)$/m.exec(stderr)?.[1] ?? '') : stdout.trim();
    return { ok: status === 0, name: name.trim(), seen, details: stderr };
  } catch (error) {
    return { ok: false, name: version, seen: '', details: error.message };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const version of versions) {
  const { ok, name, seen, details } = tried(version);
  console.log(`${ok ? 'ok    ' : 'FAILED'}  Node ${name.padEnd(9)}  ${seen}`);
  if (ok) continue;
  console.log(details.trimEnd().replace(/^/gm, '        '));
  process.exitCode = 1;
}
