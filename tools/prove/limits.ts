import { ExactWindows } from './exact-windows.js';
import { prove } from './proof.js';
import { withSeveralProcesses } from './several-processes.js';

/** Contract, part 4, section 5: exact windows, one count a user over all his credentials, across processes. */
await prove(
  'a user is taken so often in any window as was promised, and no client that waits exactly as long as Retry-After says is refused again',
  600,
  ({ random, seconds }) =>
    withSeveralProcesses(2, async (installation) => {
      const windows = await ExactWindows.of(installation, random);
      try {
        return await windows.findings(seconds);
      } finally {
        await windows.close();
      }
    }),
);
