// Lets plain Node run the TypeScript of this repository, so that tests can start processes without a build:
// node --import ./test/harness/typescript.mjs some-file.ts
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
