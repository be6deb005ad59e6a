// `npm run check`: everything that can be found wrong without running the product. One line a check; the details of what failed follow it.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const executable = (path) => ['node', '--disable-warning=ExperimentalWarning', `node_modules/${path}`];
const rooms = ['src', 'libs', 'test', 'tools'].filter((room) => existsSync(room));

const checks = [
  ['lock file complete', ['node', 'scripts/complete-lockfile.mjs', '--check']],
  ['silent installation', ['node', 'scripts/silent-install.mjs']],
  ['known faults of packages', ['node', 'scripts/audit.mjs']],
  ['format', [...executable('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']],
  ['types', [...executable('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json']],
  ['lint', [...executable('eslint/bin/eslint.js'), '--max-warnings', '0', ...rooms]],
  ['room boundaries', [...executable('dependency-cruiser/bin/dependency-cruise.mjs'), '--config', '.dependency-cruiser.cjs', ...rooms]],
  ['dead code', [...executable('knip/bin/knip.js'), '--no-progress', '--no-config-hints']],
  ...(scripts.generate ? [['generated files in step', ['npm', 'run', '--silent', 'generate', '--', '--check']]] : []),
];

/** With this code a check says that it could not be made here. */
const notAsked = 77;

function run([program, ...args]) {
  return new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => resolve({ ok: false, output: String(error), seconds: 0 }));
    child.on('close', (code) =>
      resolve({
        ok: code === 0 || code === notAsked,
        isAsked: code !== notAsked,
        output: Buffer.concat(output).toString(),
        seconds: (performance.now() - started) / 1000,
      }),
    );
  });
}

const only = process.argv.slice(2);
let failed = 0;
let passed = 0;
for (const [name, command] of checks) {
  if (only.length > 0 && !only.includes(name)) continue;
  const { ok, isAsked = true, output, seconds } = await run(command);
  console.log(`${!isAsked ? 'unsure' : ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(24)} ${seconds.toFixed(1).padStart(6)} s`);
  if (!ok || !isAsked) console.log(output.trimEnd().replace(/^/gm, '        '));
  if (!ok) failed++;
  else if (isAsked) passed++;
}
console.log(`check: ${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
