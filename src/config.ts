import { isIP } from 'node:net';
import type { Tier } from '#millwright/access';
import { CannotStart } from './start/cannot-start.js';

/** Everything that can be set from outside. The only file that reads the environment; everybody else has this object injected. */
export class Configuration {
  /** TCP port; 0 takes a free one. */
  readonly port: number = 3000;
  readonly host: string = '127.0.0.1';
  /** Folder of the embedded database, its passwords and its log. Unused with `databaseUrl`. */
  readonly dataDirectory: string = './.data';
  /** A PostgreSQL server of the user's own, as an ordinary role. */
  readonly databaseUrl?: string;
  /** The same database as the role that owns the tables; left out, `databaseUrl` owns them. */
  readonly migrationsDatabaseUrl?: string;
  /** Moves the event log to EventStoreDB. */
  readonly eventStoreUrl?: string;
  /** Put before every stream's name in EventStoreDB, so that several installations can share one server. */
  readonly eventStorePrefix: string = '';
  /** The bootstrap administrator's key, at least 20 characters; left out, one is made at the first start and printed once. */
  readonly adminApiKey?: string;
  /** What everything is sealed with that must not be read from a stolen database; left out, it is made at the first start and kept in `dataDirectory`. */
  readonly secretKey?: string;
  /** What clients call this installation by, without a slash at its end; left out, the address that it listens on. */
  readonly publicUrl?: string;
  /** Where letters to people are handed in, `smtp://user:password@host:port`; left out, links are handed over by whoever asks for them. */
  readonly smtpUrl?: string;
  /** Whose letters they are; left out, `millwright@` the host of `publicUrl`. */
  readonly mailFrom?: string;
  readonly logLevel: LogLevel = 'info';
  /** What the installation has subscribed to; left out, what `/installation` says. */
  readonly tier?: Tier;
  /** Whether users are limited; left out, what `/installation` says. */
  readonly rateLimits?: boolean;
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[] = [];
  /** Whose pages may read answers in a browser; those of other origins may not. */
  readonly corsOrigins: readonly string[] = [];
  /** Addresses and networks that are no public ones, and may be asked all the same for what others have named. */
  readonly webhookAllow: readonly string[] = [];
  /** For how many days the log of calls is kept, by months. */
  readonly apiLogDays: number = 400;
  /** `NODE_ENV=production`: no GraphQL playground. */
  readonly production: boolean = false;

  constructor(values: Partial<Configuration> = {}) {
    Object.assign(this, values);
  }
}

const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof logLevels)[number];

/** The environment says something that cannot be meant; one line a problem. */
export class ConfigurationError extends CannotStart {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

type Variable<Key extends keyof Configuration = keyof Configuration> = Readonly<{
  name: string;
  key: Key;
  /** The default as a person reads it. */
  fallback: string;
  meaning: string;
  /** The value, or what is wrong with the text; the text itself is never repeated in a message, for it may be a secret. */
  read(text: string): Configuration[Key] | Wrong;
}>;

class Wrong {
  constructor(readonly reason: string) {}
}

const variable = <Key extends keyof Configuration>(definition: Variable<Key>): Variable => definition;

const url =
  (...protocols: readonly string[]) =>
  (text: string): string | Wrong => {
    const protocol = URL.canParse(text) ? new URL(text).protocol : undefined;
    return protocol !== undefined && protocols.includes(protocol)
      ? text
      : new Wrong(`is no address that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`);
  };

/** Several hosts in one address are no URL; the whole of it is judged as EventStoreDB's client reads it when the log is opened (event-log.ts). */
const eventStoreUrl = (text: string): string | Wrong =>
  /^esdb(\+discover)?:\/\/./.test(text) ? text : new Wrong('is no address that starts with esdb:// or esdb+discover://');

/** Without a slash at its end, however it was written: addresses are made by adding a path. */
function publicUrl(text: string): string | Wrong {
  const address = url('http:', 'https:')(text);
  if (address instanceof Wrong) return address;
  const { origin, pathname, search, hash, username } = new URL(address);
  if (search !== '' || hash !== '' || username !== '') return new Wrong('may have no name of a user, no ? and no #');
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

const postgresUrl = url('postgres:', 'postgresql:');

const tierNames: readonly Tier[] = ['core', 'starter', 'business', 'enterprise'];

/** Addresses (`192.0.2.7`, `::1`) and networks (`10.0.0.0/8`), as proxies and what is nearby are named. */
function networks(text: string): readonly string[] | Wrong {
  const named = text.split(',').map((each) => each.trim());
  const isOne = (each: string): boolean => {
    const [address = '', bits, ...more] = each.split('/');
    const kind = isIP(address);
    return kind !== 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (kind === 4 ? 32 : 128)));
  };
  return named.every(isOne) ? named : new Wrong('may have addresses and networks like 10.0.0.0/8 only, with commas between them');
}

/** Exactly as a browser sends them: without a path, and with no port where it is the protocol's own. */
function origins(text: string): readonly string[] | Wrong {
  const named = text.split(',').map((each) => each.trim());
  const isOne = (each: string): boolean => /^https?:/.test(each) && URL.canParse(each) && new URL(each).origin === each;
  return named.every(isOne) ? named : new Wrong('may have origins like https://app.example only, with commas between them');
}

const variables: readonly Variable[] = [
  variable({
    name: 'PORT',
    key: 'port',
    fallback: '3000',
    meaning: 'TCP port to listen on; 0 takes a free one',
    read: (text) => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : new Wrong('is no number from 0 to 65535')),
  }),
  variable({ name: 'HOST', key: 'host', fallback: '127.0.0.1', meaning: 'address to listen on; 0.0.0.0 for all', read: (text) => text }),
  variable({
    name: 'DATA_DIR',
    key: 'dataDirectory',
    fallback: './.data',
    meaning: 'folder of the embedded PostgreSQL (without DATABASE_URL)',
    read: (text) => text,
  }),
  variable({
    name: 'DATABASE_URL',
    key: 'databaseUrl',
    fallback: 'embedded',
    meaning: 'your own PostgreSQL 15 or later, postgres://…, as a role that is no superuser',
    read: postgresUrl,
  }),
  variable({
    name: 'MIGRATIONS_DATABASE_URL',
    key: 'migrationsDatabaseUrl',
    fallback: 'DATABASE_URL',
    meaning: 'the same database as the role that owns the tables',
    read: postgresUrl,
  }),
  variable({
    name: 'EVENTSTORE_URL',
    key: 'eventStoreUrl',
    fallback: 'none',
    meaning: 'keep the event log in EventStoreDB, esdb://… (several hosts with commas) or esdb+discover://…',
    read: eventStoreUrl,
  }),
  variable({
    name: 'EVENTSTORE_PREFIX',
    key: 'eventStorePrefix',
    fallback: 'empty',
    meaning: 'put before every stream name in EventStoreDB',
    read: (text) => (/^[A-Za-z0-9_]{1,40}$/.test(text) ? text : new Wrong('may have letters, digits and _ only, at most 40')),
  }),
  variable({
    name: 'ADMIN_API_KEY',
    key: 'adminApiKey',
    fallback: 'made at the first start',
    meaning: "the administrator's key, at least 20 characters",
    read: (text) =>
      text.length < 20
        ? new Wrong('is shorter than 20 characters')
        : /^[\x21-\x7e]+$/.test(text)
          ? text
          : new Wrong('may have visible ASCII characters only'),
  }),
  variable({
    name: 'SECRET_KEY',
    key: 'secretKey',
    fallback: 'DATA_DIR/secret',
    meaning: 'what signing keys are sealed with, at least 20 characters; the same for every process, and in no backup',
    read: (text) => (text.length < 20 ? new Wrong('is shorter than 20 characters') : text),
  }),
  variable({
    name: 'PUBLIC_URL',
    key: 'publicUrl',
    fallback: 'http://HOST:PORT',
    meaning: 'what clients call this installation by: the issuer of tokens, and what links begin with',
    read: publicUrl,
  }),
  variable({
    name: 'SMTP_URL',
    key: 'smtpUrl',
    fallback: 'none',
    meaning: 'where mail is handed in, smtp://user:password@host:587 or smtps://…; without it administrators hand links over',
    read: url('smtp:', 'smtps:'),
  }),
  variable({
    name: 'MAIL_FROM',
    key: 'mailFrom',
    fallback: 'millwright@ the host of PUBLIC_URL',
    meaning: 'whose mail it is, an address or Name <address>',
    read: (text) => (/^([^<>@\r\n]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/.test(text) ? text : new Wrong('is no e-mail address')),
  }),
  variable({
    name: 'LOG_LEVEL',
    key: 'logLevel',
    fallback: 'info',
    meaning: logLevels.join(', '),
    read: (text) => logLevels.find((level) => level === text) ?? new Wrong(`is none of ${logLevels.join(', ')}`),
  }),
  variable({
    name: 'TIER',
    key: 'tier',
    fallback: 'enterprise',
    meaning: `what this installation has, before what /installation says: ${tierNames.join(', ')}`,
    read: (text) => tierNames.find((tier) => tier === text) ?? new Wrong(`is none of ${tierNames.join(', ')}`),
  }),
  variable({
    name: 'RATE_LIMITS',
    key: 'rateLimits',
    fallback: 'off',
    meaning: 'on limits how much each user may ask, off does not, before what /installation says',
    read: (text) => (text === 'on' ? true : text === 'off' ? false : new Wrong('is neither on nor off')),
  }),
  variable({
    name: 'TRUSTED_PROXIES',
    key: 'trustedProxies',
    fallback: 'none',
    meaning: 'addresses and networks with commas between them, whose X-Forwarded-For is believed',
    read: networks,
  }),
  variable({
    name: 'CORS_ORIGINS',
    key: 'corsOrigins',
    fallback: 'none',
    meaning: 'origins with commas between them, like https://app.example, whose pages may read answers in a browser',
    read: origins,
  }),
  variable({
    name: 'WEBHOOK_ALLOW',
    key: 'webhookAllow',
    fallback: 'none',
    meaning:
      'addresses and networks with commas between them, which are not public and may be asked for what others name: an issuer of single sign-on',
    read: networks,
  }),
  variable({
    name: 'API_LOG_DAYS',
    key: 'apiLogDays',
    fallback: '400',
    meaning: 'days for which the log of calls is kept; a month goes when all of it is older',
    read: (text) => (/^\d{1,5}$/.test(text) && Number(text) > 0 ? Number(text) : new Wrong('is no number of days from 1 to 99999')),
  }),
  variable({
    name: 'NODE_ENV',
    key: 'production',
    fallback: 'development',
    meaning: 'production switches the GraphQL playground off',
    read: (text) => text === 'production',
  }),
];

/**
 * Reads the environment; an empty value is the same as none.
 * @throws ConfigurationError naming every variable that is wrong
 */
export function readConfiguration(environment: Readonly<Record<string, string | undefined>> = process.env): Configuration {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const { name, key, read } of variables) {
    const text = environment[name]?.trim() ?? '';
    if (text === '') continue;
    const value = read(text);
    if (value instanceof Wrong) problems.push(`${name} ${value.reason}.`);
    else values[key] = value;
  }
  if (values['migrationsDatabaseUrl'] !== undefined && values['databaseUrl'] === undefined)
    problems.push('MIGRATIONS_DATABASE_URL is of no use without DATABASE_URL.');
  if (problems.length > 0) throw new ConfigurationError(problems);
  return new Configuration(values);
}

/** What `--help` prints. */
export function helpText(): string {
  const widest = (column: 'name' | 'fallback'): number => Math.max(...variables.map((row) => row[column].length));
  const line = (name: string, fallback: string, meaning: string): string =>
    `  ${name.padEnd(widest('name'))}  ${fallback.padEnd(widest('fallback'))}  ${meaning}`.trimEnd();
  return [
    'Millwright, an event-sourced maintenance management core.',
    '',
    'Usage: npm start   (or: node dist/src/main.js [--help])',
    '',
    'Everything is set by environment variables, and all of them are optional:',
    '',
    line('Variable', 'Default', 'Meaning'),
    ...variables.map(({ name, fallback, meaning }) => line(name, fallback, meaning)),
    '',
  ].join('\n');
}
