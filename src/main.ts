import { createRequire } from 'node:module';

// An old Node cannot even parse what comes: nothing else is imported before its version is known.
createRequire(import.meta.url)('#node-version');
void import('./start/start.js');
