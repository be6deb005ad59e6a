// Puts what the server loads at its start into a few files below dist/server: our own modules, and the packages of many small ones around them.
// Node reads and links modules one by one, and two thousand of them were a third of the processor time of a start.
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
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
  const found = resolverFrom(resolve(folder, 'start.js'));
  const bundled = await rolldown({
    input: entry,
    platform: 'node',
    external(id, importer) {
      if (isAbsolute(id) || ours.test(id) || taken.test(id)) return false;
      // A package that brings a version of its own of another, which is not the one beside the bundle, has it bundled with it.
      const own = importer && resolverFrom(resolve(importer))(id);
      return !own || own === found(id);
    },
    // What is left out must be known to have no effect, which decorators and tables that are filled while loading do not show.
    treeshake: false,
    onLog: (level, { code, message }) => {
      // The framework asks for packages that only others need, where they need them; the compiler has found ours.
      if (level === 'warn' && code !== 'UNRESOLVED_IMPORT') throw new Error(message);
    },
  });
  // A server that is started meanwhile finds a whole bundle, the one of before or the new one, but for the moment between two renames; one that has begun
  // to load the old one does not go on with pieces of the new, for these are named by what is in them.
  removeUnfinished(folder);
  const [beside, before] = [`${folder}.${process.pid}`, `${folder}.${process.pid}.before`];
  const { output } = await bundled.write({
    dir: beside,
    format: 'esm',
    // Names are facts here: of classes in the documents, of errors in answers.
    keepNames: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    comments: false,
    minify: { compress: false, mangle: false, codegen: { asciiOnly: true, removeWhitespace: false } },
  });
  await bundled.close();
  for (const { code, fileName } of output)
    if (code && wideCharacter.test(code)) throw new Error(`${fileName} has ${JSON.stringify(wideCharacter.exec(code)?.[0])}.`);
  if (existsSync(folder)) renameSync(folder, before);
  renameSync(beside, folder);
  rmSync(before, { recursive: true, force: true });
}

/** One character that does not fit into a byte doubles what the text of its file takes in memory, which is megabytes. */
const wideCharacter = /[^\0-\xff]/;

/** Where a module finds a package; undefined where it does not. */
function resolverFrom(module) {
  const require = createRequire(module);
  return (id) => {
    try {
      return require.resolve(id);
    } catch {
      return undefined;
    }
  };
}

/** What builds have left that were killed, also one that had the number of this process, as in a container that was started anew. */
function removeUnfinished(folder) {
  if (!existsSync(dirname(folder))) return;
  for (const name of readdirSync(dirname(folder))) {
    const [builder] = name.startsWith(`${basename(folder)}.`) ? (/\d+/.exec(name) ?? []) : [];
    if (builder !== undefined && !isAtWork(Number(builder))) rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function isAtWork(pid) {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch ({ code }) {
    return code === 'EPERM';
  }
}
