// Starts the test server without a build of its own: its TypeScript is stripped by SWC, as Jest does it, into dist/eventstoredb-server.
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';

const source = import.meta.dirname;
const target = join(source, '../../dist/eventstoredb-server');
mkdirSync(target, { recursive: true });

for (const file of readdirSync(source).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))) {
  const { code } = transformSync(readFileSync(join(source, file), 'utf8'), {
    filename: file,
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'es6' },
  });
  // Two servers may start at once: a file appears whole or not at all.
  const scratch = join(target, `${file}.${process.pid}`);
  writeFileSync(scratch, code);
  renameSync(scratch, join(target, file.replace(/\.ts$/, '.js')));
}

await import(pathToFileURL(join(target, 'main.js')).href);
