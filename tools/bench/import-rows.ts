import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '../api-client.js';
import { HistoryFile } from '../import/history-file.js';
import { importHistory } from '../import/importer.js';
import type { Measurement } from './line.js';
import { MeasuredServer } from './over-http/measured-server.js';
import type { BenchPlace } from './place.js';
import { durableInserts } from './probes.js';
import { perOperation } from './processor-time.js';

const rowsPerSecond = 400;
/** As many as `npm run import` sends at a time unless it is told otherwise. */
const concurrency = 16;
const assets = 200;
const days = 3_650;
const kinds = ['PM01', 'PM02', 'PM03', 'PM04', 'PM05'];
const site = { id: 1, timeZone: 'Etc/UTC', currency: 'USD' };

/** Maintenance history brought in by the program of `npm run import`: a completed order with its cost for each row, and the same file once more. */
export async function importedRows(place: BenchPlace): Promise<Measurement[]> {
  const count = place.seconds * rowsPerSecond;
  const folder = await mkdtemp(join(tmpdir(), 'millwright-bench-rows-'));
  const server = await MeasuredServer.start(place);
  const client = new ApiClient({ ...server.access, entityId: site.id });
  try {
    const path = join(folder, 'history.csv');
    await writeFile(path, historyOf(count));
    const probe = await durableInserts(place.ownerUrl, concurrency, Math.min(3, place.seconds));
    const once = async (name: string): Promise<Measurement> => {
      const file = await HistoryFile.open(path);
      const before = await server.processorTime();
      const started = performance.now();
      const { imported, alreadyThere } = await importHistory(file, { client, site, concurrency, onProgress: () => undefined });
      const value = (imported + alreadyThere) / ((performance.now() - started) / 1_000);
      if (imported + alreadyThere !== count) throw new Error(`of ${count} rows ${imported + alreadyThere} are there`);
      await server.settled();
      const processor = perOperation(before, await server.processorTime(), count);
      return { name, unit: 'rows/s', value, probe, budget: { none: true }, cost: { count, p50: null, p99: null, processor } };
    };
    return [
      await once(`import of ${count} rows of ${assets} assets, beside durable INSERTs`),
      await once('the same file again, of which all is there'),
    ];
  } finally {
    await client.close();
    await server.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

function historyOf(count: number): string {
  const rows = Array.from({ length: count }, (_, row) => {
    const date = new Date(Date.UTC(2015, 0, 1 + ((row * 7) % days))).toISOString().slice(0, 10);
    const cost = `${(row * 13) % 4_000}.${String(row % 100).padStart(2, '0')}`;
    return [date, `Machine ${row % assets}`, `Job ${row}: bearing replaced`, kinds[row % kinds.length], cost].join(',');
  });
  return ['BscStartDate,Asset,OriginalShorttext,PMType,Cost', ...rows, ''].join('\n');
}
