import { existsSync } from 'node:fs';
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
  // What it offers to look at opens, as it is printed.
  const addresses = [...output.matchAll(/http:\/\/[^\s']+/g)].map(([address]) => address);
  expect(addresses).toHaveLength(4);
  for (const address of addresses) {
    expect(address).not.toMatch(/[[\]{}]/); // curl takes these for patterns of its own
    const { status } = await fetch(address, { headers: { authorization: `Bearer ${adminKey}`, 'x-entity-id': '1' } });
    expect([address, status]).toEqual([address, 200]);
  }
  for (const [document] of output.matchAll(/docs\/\w+\.md/g)) expect([document, existsSync(document)]).toEqual([document, true]);
});

it('npm run demo -- --exit ends the server it started, and names no address of it to look at', async () => {
  const { output, errors, code } = await ToolProcess.start('demo', ['--exit']).finished();
  expect({ errors, code }).toEqual({ errors: '', code: 0 });
  const [opening = '', story = ''] = output.split(/(?<=ready after .*)\n/);
  expect(opening).toMatch(/at http:\/\/127\.0\.0\.1:\d+$/);
  expect(story).toContain('Every number is the one docs/costing.md worked out by hand.');
  expect(story).not.toContain('http://');
});

it('npm run demo -- --access has a technician, a client, a sensor and an auditor do their work and nothing else', async () => {
  const { url, adminKey } = await sharedServer();
  const { hostname, port } = new URL(url);
  const place = { HOST: hostname, PORT: port, ADMIN_API_KEY: adminKey };
  const { output, errors, code } = await ToolProcess.start('demo', ['--access', '--exit'], place).finished();
  expect({ errors, code }).toEqual({ errors: '', code: 0 });
  expect(output.match(/^ {2}yes /gm)).toHaveLength(18);
  expect(output).toContain('cannot change an order: INSUFFICIENT_PERMISSIONS (work_orders:write)');
  expect(output).not.toContain('NOT SO');
});
