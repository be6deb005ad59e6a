// Reads Jest's JSON report and prints `<passed> <failed>` for .ci/run. A suite that could not even start counts as one failure.
import { existsSync, readFileSync } from 'node:fs';

const [, , path] = process.argv;
if (!path || !existsSync(path)) {
  console.log('0 1');
} else {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  console.log(`${report.numPassedTests} ${report.numFailedTests + report.numRuntimeErrorTestSuites}`);
}
