import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Our own names (package.json `imports`) stand for sources here, not for the build; and `./file.js` means `./file.ts`. */
function sourceOf(specifier, parentURL) {
  if (specifier === '#millwright/event-sourcing/decider') return join(root, 'libs/event-sourcing/src/decider.ts');
  if (specifier.startsWith('#millwright/')) return join(root, 'libs', specifier.slice('#millwright/'.length), 'src/index.ts');
  if (specifier.startsWith('#src/')) return join(root, 'src', `${specifier.slice('#src/'.length)}.ts`);
  if (!specifier.startsWith('.') || !specifier.endsWith('.js') || !parentURL?.startsWith('file:')) return undefined;
  const path = fileURLToPath(new URL(specifier.replace(/\.js$/, '.ts'), parentURL));
  return existsSync(path) ? path : undefined;
}

export async function resolve(specifier, context, next) {
  const path = sourceOf(specifier, context.parentURL);
  return path === undefined ? next(specifier, context) : { url: pathToFileURL(path).href, format: 'module', shortCircuit: true };
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts') || url.includes('/node_modules/')) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = transformSync(readFileSync(filename, 'utf8'), { filename, cwd: root });
  return { format: 'module', source: code, shortCircuit: true };
}
