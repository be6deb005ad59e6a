import { Agent } from 'undici';
import { PermissionMatrix } from './permission-matrix.js';
import { prove } from './proof.js';
import { withServer } from './with-server.js';

/** R6: nobody does what he may not. */
await prove('R6: who may do what: every scope x operation x role, over REST, in batches and over GraphQL', 60, () =>
  withServer(async ({ url, key }) => {
    const agent = new Agent({ connections: 16 });
    const matrix = await PermissionMatrix.of({ url, key, agent });
    const findings = await matrix.findings();
    await agent.close();
    return findings;
  }),
);
