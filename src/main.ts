import { createRequire } from 'node:module';

// An old Node cannot even parse what comes: nothing else is imported before its version is known.
createRequire(import.meta.url)('#node-version');
// The build has put `start/start.ts` and all that it loads into a few files (`scripts/bundle.mjs`).
void import(new URL('../server/start.js', import.meta.url).href);
