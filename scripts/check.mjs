// `npm run check`: everything that can be found wrong without running the product. One line a check as each ends; the details of what failed follow it.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const executable = (path) => ['node', '--disable-warning=ExperimentalWarning', `node_modules/${path}`];
const rooms = ['src', 'libs', 'test', 'tools'].filter((room) => existsSync(room));

/** Those that take longest begin, so that none of them runs on alone at the end. */
const checks = [
  ['lint', [...executable('eslint/bin/eslint.js'), '--max-warnings', '0', ...rooms]],
  ...(scripts.generate ? [['generated files in step', ['npm', 'run', '--silent', 'generate', '--', '--check']]] : []),
  ['types', [...executable('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json']],
  ['format', [...executable('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']],
  ['room boundaries', [...executable('dependency-cruiser/bin/dependency-cruise.mjs'), '--config', '.dependency-cruiser.cjs', ...rooms]],
  ['dead code', [...executable('knip/bin/knip.js'), '--no-progress', '--no-config-hints']],
  ['silent installation', ['node', 'scripts/silent-install.mjs']],
  ['lock file complete', ['node', 'scripts/complete-lockfile.mjs', '--check']],
  ['known faults of packages', ['node', 'scripts/audit.mjs']],
];

/** Each is a process of its own that keeps one processor busy and needs up to 2 GB, so no more than two, however many processors there are. */
const atOnce = Math.min(2, availableParallelism());

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
const waiting = checks.filter(([name]) => only.length === 0 || only.includes(name));
let failed = 0;
let passed = 0;

async function makeChecks() {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [name, command] = next;
    const { ok, isAsked = true, output, seconds } = await run(command);
    console.log(`${!isAsked ? 'unsure' : ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(24)} ${seconds.toFixed(1).padStart(6)} s`);
    if (!ok || !isAsked) console.log(output.trimEnd().replace(/^/gm, '        '));
    if (!ok) failed++;
    else if (isAsked) passed++;
  }
}

await Promise.all(Array.from({ length: atOnce }, makeChecks));
console.log(`check: ${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
