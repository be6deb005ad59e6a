import { ToolProcess } from './tool-process.js';

it('a tool that is ended in the middle of its work takes along the server that it has started', async () => {
  const demo = ToolProcess.start('demo', []);
  await demo.untilItSays(/ready after/);
  await ToolProcess.endAll();
  const { output } = await demo.finished();
  const url = /ready after .* at (http\S+)/.exec(output)?.[1] ?? '';
  const answers = (): Promise<boolean> =>
    fetch(`${url}/health/live`).then(
      () => true,
      () => false,
    );
  expect(url).not.toBe('');
  while (await answers());
});
