import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { minorUnitOf, showValue } from '#millwright/quantities';
import { ApiClient, ApiError, serverUrlOf } from './api-client.js';
import { HistoryFile } from './import/history-file.js';
import { importHistory, type ImportResult } from './import/importer.js';
import { progressOf } from './import/progress.js';

const help = `npm run import -- <file.csv> [options]

Brings maintenance history (columns BscStartDate, Asset, OriginalShorttext, PMType, Cost) into a running server. Each row becomes a completed work
order of its asset on its date, with its cost as an other cost (negative = credit) and its PMType as a category. Run it again as often as you like,
also after it was killed, and with a file that has grown: a row is known by what it says, and what is there is not doubled.

  --url <url>            the server (default: http://HOST:PORT of the environment, else http://127.0.0.1:3000)
  --key <api key>        default: ADMIN_API_KEY of the environment
  --entity <id>          the site (default: the first one)
  --concurrency <n>      requests at a time (default 16)
  --patience <seconds>   how long to wait for a server that is away (default 300)

Exit code: 0 when nothing was refused; 1 when some rows were (they are listed); 2 when nothing could be imported: wrong usage, a file that cannot be
read, a server that refuses access or stays away, or every row refused.`;

class WrongUsage extends Error {}

type Entity = Readonly<{ id: number; name: string; timezone: string; currency: string }>;

function settings() {
  const { ADMIN_API_KEY, INIT_CWD } = process.env;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string', default: serverUrlOf(process.env) },
      key: { type: 'string', default: ADMIN_API_KEY },
      entity: { type: 'string' },
      concurrency: { type: 'string', default: '16' },
      patience: { type: 'string', default: '300' },
      help: { type: 'boolean', default: false },
    },
  });
  const [file] = positionals;
  if (values.help) return undefined;
  if (!file || positionals.length > 1) throw new WrongUsage('name one CSV file');
  if (!values.key) throw new WrongUsage('no API key: pass --key or set ADMIN_API_KEY');
  if (!/^[\x21-\x7e]+$/.test(values.key)) throw new WrongUsage('an API key has visible ASCII characters only');
  if (!/^https?:$/.test(URL.canParse(values.url) ? new URL(values.url).protocol : ''))
    throw new WrongUsage(`--url must be an address like http://127.0.0.1:3000, not ${values.url}`);
  const entityId = values.entity === undefined ? undefined : wholeNumber('--entity', values.entity, 1);
  return {
    // npm changes into the package's folder; a path is meant from where the person stands.
    path: resolve(INIT_CWD ?? process.cwd(), file),
    url: values.url,
    key: values.key,
    entityId,
    concurrency: wholeNumber('--concurrency', values.concurrency, 1),
    patience: wholeNumber('--patience', values.patience, 0) * 1000,
  };
}

function wholeNumber(name: string, text: string, atLeast: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < atLeast) throw new WrongUsage(`${name} must be a whole number from ${atLeast} on`);
  return number;
}

async function siteOf(client: ApiClient, entityId: number | undefined): Promise<Entity> {
  const { data: entities } = await client.get<Entity[]>('/entities', { sort: 'id asc' });
  const entity = entityId === undefined ? entities[0] : entities.find(({ id }) => id === entityId);
  if (!entity) throw new ApiError(404, 'NOT_FOUND', `no entity ${entityId ?? ''} for this key`, undefined);
  return entity;
}

/** Entities show their zone as `Etc/UTC: +00:00`; the name is what stands before the colon. */
const zoneNameOf = (timezone: string): string => timezone.split(': ')[0] ?? timezone;

function printSummary(
  file: HistoryFile,
  { imported, alreadyThere, refused, total }: ImportResult,
  currency: string,
  seconds: number,
): void {
  console.log(`rows read      ${file.size}`);
  console.log(`imported       ${imported}`);
  console.log(`already there  ${alreadyThere}`);
  console.log(`refused        ${refused.length}`);
  for (const { line, reason } of refused) console.log(`  line ${line}: ${reason}`);
  for (const note of file.notes) console.log(`note           ${note}`);
  console.log(`total cost     ${moneyText(total, currency)} ${currency} (imported and already there)`);
  console.log(`time           ${seconds.toFixed(1)} s`);
}

/** With all decimals of the currency. */
function moneyText(value: bigint, currency: string): string {
  const [whole = '0', fraction = ''] = showValue(value).split('.');
  const decimals = minorUnitOf(currency);
  return decimals === 0 && fraction === '' ? whole : `${whole}.${fraction.padEnd(decimals, '0')}`;
}

async function main(): Promise<void> {
  const options = settings();
  if (!options) return console.log(help);
  const { path, url, key, entityId, concurrency, patience } = options;
  const file = await HistoryFile.open(path);
  const started = performance.now();

  const progress = progressOf(file.size);
  let lastReason = '';
  const onRetry = (reason: string): void => {
    if (reason !== lastReason) progress.say(`waiting for the server: ${reason}`);
    lastReason = reason;
  };
  const entity = await siteOf(new ApiClient({ url, key, patience, onRetry }), entityId);
  const client = new ApiClient({ url, key, entityId: entity.id, patience, onRetry });
  try {
    const site = { id: entity.id, timeZone: zoneNameOf(entity.timezone), currency: entity.currency };
    const result = await importHistory(file, { client, site, concurrency, onProgress: progress.update });
    progress.stop();
    printSummary(file, result, entity.currency, (performance.now() - started) / 1000);
    const nothing = result.imported + result.alreadyThere === 0;
    process.exitCode = result.refused.length === 0 ? 0 : nothing ? 2 : 1;
  } finally {
    progress.stop();
    await client.close();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
