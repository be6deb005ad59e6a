import { createRequire } from 'node:module';

/** The version of Millwright, as package.json has it. */
export const { version: release } = createRequire(import.meta.url)('#package') as Readonly<{ version: string }>;
