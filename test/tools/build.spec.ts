import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

describe('npm run build', () => {
  let project: string;
  const at = (path: string): string => join(project, path);
  const build = (): { status: number | null; said: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: project, encoding: 'utf8' });
    return { status, said: stdout + stderr };
  };
  const built = { status: 0, said: '' };
  const compiled = (): string => readFileSync(at('dist/src/greeting.js'), 'utf8');

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'millwright-build-'));
    await mkdir(at('src'));
    for (const file of [
      'scripts/build.mjs',
      'scripts/bundle.mjs',
      'tsconfig.json',
      'tsconfig.build.json',
      'package.json',
      'package-lock.json',
    ])
      await cp(file, at(file));
    await symlink(join(process.cwd(), 'node_modules'), at('node_modules'));
    await writeFile(at('src/greeting.ts'), "export const greeting: string = 'Good morning';\n");
    await writeFile(at('src/farewell.ts'), "export const farewell = 'Good night';\n");
    expect(build()).toEqual(built);
  });

  afterAll(() => rm(project, { recursive: true, force: true }));

  it('does not touch what is compiled already', async () => {
    const { mtimeMs } = await stat(at('dist/.tsbuildinfo.build'));
    expect(build()).toEqual(built);
    expect((await stat(at('dist/.tsbuildinfo.build'))).mtimeMs).toBe(mtimeMs);
  });

  it('compiles what has changed', async () => {
    await writeFile(at('src/greeting.ts'), "export const greeting: string = 'Good evening';\n");
    expect(build()).toEqual(built);
    expect(compiled()).toContain('Good evening');
  });

  it('breaks at an error of types, as often as it is asked, until that is mended', async () => {
    await writeFile(at('src/greeting.ts'), 'export const greeting: string = 5;\n');
    for (const { status, said } of [build(), build()]) {
      expect(status).not.toBe(0);
      expect(said).toContain("src/greeting.ts(1,14): error TS2322: Type 'number' is not assignable to type 'string'.");
    }
    await writeFile(at('src/greeting.ts'), "export const greeting: string = 'Hello';\n");
    expect(build()).toEqual(built);
  });

  it('removes what has no source any more, and makes again what was removed', async () => {
    await unlink(at('src/farewell.ts'));
    await unlink(at('dist/src/greeting.js'));
    expect(build()).toEqual(built);
    expect(existsSync(at('dist/src/farewell.js'))).toBe(false);
    expect(compiled()).toContain('Hello');
  });

  it('puts what the server loads into one file, and makes that again when it was removed', async () => {
    await mkdir(at('src/start'));
    await writeFile(at('src/start/start.ts'), "import { greeting } from '../greeting.js';\nconsole.log(greeting);\n");
    for (const removed of ['dist/src/start', 'dist/server']) {
      await rm(at(removed), { recursive: true, force: true });
      expect(build()).toEqual(built);
    }
    await rm(at('dist/src'), { recursive: true });
    expect(spawnSync(process.execPath, [at('dist/server/start.js')], { encoding: 'utf8' })).toMatchObject({ status: 0, stdout: 'Hello\n' });
  });

  it('removes what a build has left that was killed, and nothing of one that runs', async () => {
    const [killed, running] = [at('dist/server.999999999'), at(`dist/server.${process.pid}`)];
    for (const folder of [killed, running]) await mkdir(folder);
    await rm(at('dist/server'), { recursive: true });
    expect(build()).toEqual(built);
    expect([killed, running, at('dist/server')].map(existsSync)).toEqual([false, true, true]);
  });

  it('removes what a killed build has left that had the number of this one', () => {
    const leftAndBuilt = `const { mkdirSync, writeFileSync } = await import('node:fs');
      for (const left of ['dist/server.' + process.pid, 'dist/server.' + process.pid + '.before']) {
        mkdirSync(left);
        writeFileSync(left + '/left.js', '');
      }
      await (await import('./scripts/bundle.mjs')).bundle('dist/src/start/start.js', 'dist/server');`;
    const { status, stderr, pid } = spawnSync(process.execPath, ['--input-type=module', '--eval', leftAndBuilt], {
      cwd: project,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    const left = [`dist/server.${pid}`, `dist/server.${pid}.before`, 'dist/server/left.js'];
    expect([...left, 'dist/server/start.js'].map((path) => existsSync(at(path)))).toEqual([false, false, false, true]);
  });

  it('writes text that takes a byte a character in memory', async () => {
    await writeFile(at('src/greeting.ts'), '// A sign of two bytes: →\nexport const greeting: string = `Gr\u00fc\u00dfe → 🚀`;\n');
    expect(build()).toEqual(built);
    expect(readFileSync(at('dist/server/start.js'), 'utf8')).not.toMatch(/[^\0-\xff]/);
    expect(spawnSync(process.execPath, [at('dist/server/start.js')], { encoding: 'utf8' }).stdout).toBe('Gr\u00fc\u00dfe → 🚀\n');
    await writeFile(at('src/greeting.ts'), 'export const greeting: string = String.raw`→`;\n');
    expect(build()).toMatchObject({ status: 1, said: expect.stringContaining('start.js has "→"') as string });
  });
});

describe('the version of Node', () => {
  const refusalOf = (version: string): string => {
    const pretended = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
    return spawnSync(process.execPath, ['--eval', `${pretended} require('./scripts/node-version.cjs')`], { encoding: 'utf8' }).stderr;
  };

  it.each(['20.19.0', '20.20.2', '22.13.0', '22.22.1', '24.11.0', '25.0.0', '26.1.0'])('%s is one that everything runs on', (version) =>
    expect(refusalOf(version)).toBe(''),
  );

  it.each(['8.17.0', '18.20.8', '20.18.3', '21.7.3', '22.12.0', '23.11.1', '24.10.0'])(
    '%s is refused, for a package says it does not run on it',
    (version) =>
      expect(refusalOf(version)).toBe(
        `Millwright needs Node.js 20.19 or a later 20, or 22.13 or a later 22, or 24.11 or later, and this is ${version}: install another one from https://nodejs.org and try again.\n`,
      ),
  );
});
