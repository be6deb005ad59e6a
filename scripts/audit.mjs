// What is known of faults in the packages that the product runs on: `npm audit`, less what `audit-exceptions.json` excuses until a day.
// Exit code 0: nothing; 1: something, or an exception that is over; 77: the registry at hand answers no such question.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8', shell: process.platform === 'win32' });
const report = answerOf(stdout);
if (report === undefined) {
  console.log('the registry at hand answers no audits');
  process.exit(77);
}

/** @type {readonly { advisory: string, until: string, why: string }[]} */
const exceptions = JSON.parse(readFileSync(new URL('../audit-exceptions.json', import.meta.url), 'utf8'));
const today = new Date().toISOString().slice(0, 10);
const found = new Map(
  Object.values(report.vulnerabilities)
    .flatMap(({ via }) => via)
    .filter((via) => typeof via === 'object')
    .map(({ url, title, name, severity }) => [url.split('/').at(-1), `${severity} in ${name}: ${title}, ${url}`]),
);
const problems = [
  ...[...found].filter(([advisory]) => !exceptions.some((exception) => exception.advisory === advisory)).map(([, text]) => text),
  ...exceptions.filter(({ until }) => until < today).map(({ advisory, until }) => `the exception for ${advisory} was over on ${until}`),
  ...exceptions.filter(({ advisory }) => !found.has(advisory)).map(({ advisory }) => `nothing is found of ${advisory}, which is excused`),
];
for (const problem of problems) console.log(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/** Undefined where it is no report. */
function answerOf(text) {
  try {
    const answer = JSON.parse(text);
    return answer.vulnerabilities === undefined ? undefined : answer;
  } catch {
    return undefined;
  }
}
