import { readFileSync } from 'node:fs';

/** The version of Millwright, as package.json has it. */
export const release = (JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
