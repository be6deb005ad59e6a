import { Agent } from 'undici';
import { HiddenFields } from './hidden-fields.js';
import { prove } from './proof.js';
import { withServer } from './with-server.js';

/** R6: nobody sees a field that is not his. */
await prove('R6: nobody sees money, rates or how somebody is reached without the right to, however he asks', 60, () =>
  withServer(async ({ url, key }) => {
    const agent = new Agent({ connections: 16 });
    const findings = await (await HiddenFields.of({ url, key, agent })).findings();
    await agent.close();
    return findings;
  }),
);
