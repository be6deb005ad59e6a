import { ToolProcess } from './tool-process.js';

/** The short forms of `npm run prove:<name>`: the same programs for a few seconds, on a fixed seed. */
const proofs = [
  'nothing-lost',
  'one-effect',
  'key-and-events',
  'no-lost-update',
  'one-moment',
  'history',
  'exact-money',
  'clean-stop',
  'no-stall',
  'outage',
  'parking',
  'schedules',
  'hidden',
  'sites',
  'hostile',
  'limits',
] as const;

/** Milliseconds: a proof does a certain amount of work, and how long that takes on a busy machine is no question here. */
const longest = 900_000;

describe('the promises of docs/reliability.md, briefly', () => {
  afterEach(() => ToolProcess.endAll());

  it.each(proofs)(
    'prove:%s',
    async (proof) => {
      const { code, output, errors } = await ToolProcess.start(`prove/${proof}`, ['--seed', '7', '--seconds', '2', '--untimed']).finished();
      if (code !== 0) throw new Error(`${output}\n${errors}`);
      expect(output).toMatch(/all \d+ claims held/);
    },
    longest,
  );
});
