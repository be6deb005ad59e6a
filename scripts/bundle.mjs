// Puts what the server loads at its start into a few files below dist/server: our own modules, and the packages of many small ones around them.
// Node reads and links modules one by one, and two thousand of them were a third of the processor time of a start.
import { renameSync, rmSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * Packages of many files each that nothing outside of the bundle loads, so that none of them is there twice. The framework asks for class-validator and
 * class-transformer by `require`, which stays as it is.
 */
const taken = /^(@nestjs|@graphql-tools|es-toolkit|typeorm|rxjs)(\/|$)/;
/** What package.json names by `imports` for other reasons than to load code is found beside it, wherever the program lies. */
const ours = /^(\.|#millwright\/|#src\/)/;

/**
 * @param entry the compiled module that the program begins with
 * @param folder where the bundle goes; the module that stands for the entry has its name
 */
export async function bundle(entry, folder) {
  const bundled = await rolldown({
    input: entry,
    platform: 'node',
    external: (id) => !isAbsolute(id) && !ours.test(id) && !taken.test(id),
    // What is left out must be known to have no effect, which decorators and tables that are filled while loading do not show.
    treeshake: false,
    onLog: (level, { code, message }) => {
      // The framework asks for packages that only others need, where they need them; the compiler has found ours.
      if (level === 'warn' && code !== 'UNRESOLVED_IMPORT') throw new Error(message);
    },
  });
  // A server that is started meanwhile finds a whole bundle, the one of before or the new one.
  const beside = `${folder}.${process.pid}`;
  // Names are facts here: of classes in the documents, of errors in answers.
  await bundled.write({ dir: beside, format: 'esm', keepNames: true, entryFileNames: '[name].js', chunkFileNames: '[name].js' });
  await bundled.close();
  rmSync(folder, { recursive: true, force: true });
  renameSync(beside, folder);
}
