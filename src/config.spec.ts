import { readFile } from 'node:fs/promises';
import { eventStoreDbAddressOf } from '#millwright/event-sourcing';
import { Configuration, ConfigurationError, helpText, readConfiguration } from './config.js';

describe('the configuration', () => {
  it('needs nothing', () => expect(readConfiguration({})).toEqual(new Configuration()));

  it('takes an empty variable for none', () => expect(readConfiguration({ DATABASE_URL: '', PORT: ' ' })).toEqual(new Configuration()));

  it('reads every variable', () =>
    expect(
      readConfiguration({
        PORT: '0',
        HOST: '0.0.0.0',
        DATA_DIR: '/var/lib/millwright',
        DATABASE_URL: 'postgres://app@db/millwright',
        MIGRATIONS_DATABASE_URL: 'postgresql://owner@db/millwright',
        EVENTSTORE_URL: 'esdb://events:2113?tls=false',
        EVENTSTORE_PREFIX: 'plant_',
        ADMIN_API_KEY: 'k'.repeat(20),
        SECRET_KEY: 's'.repeat(20),
        PUBLIC_URL: 'https://cmms.example.com/',
        API_LOG_DAYS: '30',
        SMTP_URL: 'smtps://mill:secret@mail.example:465',
        MAIL_FROM: 'Mill <mill@example.com>',
        LOG_LEVEL: 'debug',
        TIER: 'business',
        RATE_LIMITS: 'on',
        TRUSTED_PROXIES: '10.0.0.0/8, ::1',
        WEBHOOK_ALLOW: '192.168.7.0/24',
        CORS_ORIGINS: 'https://app.example,http://localhost:5173',
        NODE_ENV: 'production',
      }),
    ).toEqual({
      port: 0,
      host: '0.0.0.0',
      dataDirectory: '/var/lib/millwright',
      databaseUrl: 'postgres://app@db/millwright',
      migrationsDatabaseUrl: 'postgresql://owner@db/millwright',
      eventStoreUrl: 'esdb://events:2113?tls=false',
      eventStorePrefix: 'plant_',
      adminApiKey: 'k'.repeat(20),
      secretKey: 's'.repeat(20),
      publicUrl: 'https://cmms.example.com',
      apiLogDays: 30,
      smtpUrl: 'smtps://mill:secret@mail.example:465',
      mailFrom: 'Mill <mill@example.com>',
      logLevel: 'debug',
      tier: 'business',
      rateLimits: true,
      trustedProxies: ['10.0.0.0/8', '::1'],
      webhookAllow: ['192.168.7.0/24'],
      corsOrigins: ['https://app.example', 'http://localhost:5173'],
      production: true,
    }));

  it.each([
    [{ PORT: '65536' }, 'PORT is no number from 0 to 65535.'],
    [{ PORT: '3000x' }, 'PORT is no number from 0 to 65535.'],
    [{ DATABASE_URL: 'mysql://db' }, 'DATABASE_URL is no address that starts with postgres:// or postgresql://.'],
    [{ EVENTSTORE_URL: 'localhost:2113' }, 'EVENTSTORE_URL is no address that starts with esdb:// or esdb+discover://.'],
    [{ ADMIN_API_KEY: 'short' }, 'ADMIN_API_KEY is shorter than 20 characters.'],
    [{ ADMIN_API_KEY: 'twenty characters äöü' }, 'ADMIN_API_KEY may have visible ASCII characters only.'],
    [{ SECRET_KEY: 'short' }, 'SECRET_KEY is shorter than 20 characters.'],
    [{ PUBLIC_URL: 'cmms.example.com' }, 'PUBLIC_URL is no address that starts with http:// or https://.'],
    [{ PUBLIC_URL: 'https://cmms.example.com/?a=1' }, 'PUBLIC_URL may have no name of a user, no ? and no #.'],
    [{ EVENTSTORE_PREFIX: 'a-b' }, 'EVENTSTORE_PREFIX may have letters, digits and _ only, at most 40.'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL is none of silent, fatal, error, warn, info, debug, trace.'],
    [{ TIER: 'gold' }, 'TIER is none of core, starter, business, enterprise.'],
    [{ RATE_LIMITS: 'yes' }, 'RATE_LIMITS is neither on nor off.'],
    ...['proxy.example', '10.0.0.0/33', '10.0.0.0/x', '10.0.0.0/8/8', '::1,'].map((TRUSTED_PROXIES): [Record<string, string>, string] => [
      { TRUSTED_PROXIES },
      'TRUSTED_PROXIES may have addresses and networks like 10.0.0.0/8 only, with commas between them.',
    ]),
    ...['*', 'https://app.example/', 'https://app.example:443', 'app.example', 'null', 'https://app.example,'].map(
      (CORS_ORIGINS): [Record<string, string>, string] => [
        { CORS_ORIGINS },
        'CORS_ORIGINS may have origins like https://app.example only, with commas between them.',
      ],
    ),
    [{ MIGRATIONS_DATABASE_URL: 'postgres://db/x' }, 'MIGRATIONS_DATABASE_URL is of no use without DATABASE_URL.'],
  ])('refuses %j', (environment, message) => expect(() => readConfiguration(environment)).toThrow(new ConfigurationError([message])));

  it('names everything that is wrong at once, without repeating a secret', () => {
    const read = (): unknown => readConfiguration({ PORT: '-1', ADMIN_API_KEY: 'hunter2' });
    expect(read).toThrow(new ConfigurationError(['PORT is no number from 0 to 65535.', 'ADMIN_API_KEY is shorter than 20 characters.']));
    expect(read).not.toThrow('hunter2');
  });

  it('takes every address of EventStoreDB that the documents and compose files name', async () => {
    const files = ['README.md', 'docs/scaling.md', 'docker-compose.yml', 'docker-compose.cluster.yml'];
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    const addresses = texts.flatMap((text) => text.match(/esdb(\+discover)?:\/\/[^\s'"`…]+/g) ?? []);
    expect(addresses).toEqual(expect.arrayContaining(['esdb://eventstore:2113,eventstore2:2113,eventstore3:2113?tls=false']));
    for (const address of addresses) {
      expect(readConfiguration({ EVENTSTORE_URL: address }).eventStoreUrl).toBe(address);
      expect(() => eventStoreDbAddressOf(address)).not.toThrow();
    }
  });

  it('explains every variable', () => expect(helpText()).toMatch(/PORT +3000[^]*EVENTSTORE_PREFIX[^]*LOG_LEVEL/));
});
