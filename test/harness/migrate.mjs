// Brings a database up to this build, as each server that starts on it would have to: node test/harness/migrate.mjs <the owner's URL> <the application's URL>
import 'reflect-metadata';
import { migrate } from '../../dist/src/read-database/migrate.js';

const [ownerUrl, appUrl] = process.argv.slice(2);
await migrate({ ownerUrl, appUrl });
