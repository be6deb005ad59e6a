import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';

const module = pathToFileURL('dist/src/start/logging.js').href;

/** What a process that logs, and then ends in that way, has written. */
function saidBefore(ending: string): string[] {
  const script = `import { createLogger } from '${module}';
    const logger = createLogger('info');
    for (let n = 1; n <= 3; n += 1) logger.info('line ' + n);
    ${ending}`;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  return stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [(JSON.parse(line) as { msg: string }).msg] : []));
}

describe('the log', () => {
  const ordinary = ['line 1', 'line 2', 'line 3'];

  it.each([
    ['it comes to its end', ''],
    ['it leaves', 'process.exit(3);'],
    ['it crashes', "throw new Error('broken');"],
  ])('holds every line of a process when %s', (_, ending) => {
    expect(saidBefore(ending)).toEqual(ordinary);
  });

  it('holds what went wrong, and all before it, also of a process that was killed in the same breath', () => {
    expect(saidBefore("logger.warn('trouble'); process.kill(process.pid, 'SIGKILL');")).toEqual([...ordinary, 'trouble']);
  });
});
