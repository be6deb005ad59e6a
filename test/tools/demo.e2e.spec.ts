import { sharedServer } from '../harness/server.js';
import { ToolProcess } from './tool-process.js';

it('npm run demo tells the worked example, and every number is the one worked out by hand', async () => {
  const { url, adminKey } = await sharedServer();
  const { hostname, port } = new URL(url);
  const { output, errors, code } = await ToolProcess.start('demo', [], { HOST: hostname, PORT: port, ADMIN_API_KEY: adminKey }).finished();
  expect(errors).toBe('');
  expect(output).toContain('Every number is the one docs/costing.md worked out by hand.');
  expect(output).toMatch(/17 {2}reconcile -6\.999 +0 +-48\.94 +0\.00 +6\.993000/);
  expect(code).toBe(0);
});
