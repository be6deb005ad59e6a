import type { IncomingHttpHeaders } from 'node:http';
import type { ApiKeys, Principal } from '#millwright/access';
import type { Authentication } from '#millwright/credentials';
import type { CookieSessions } from '#millwright/sign-in';
import { credentialOf } from '../http/request-headers.js';

/** Whether whoever sends these headers is told what is wrong inside. It never throws, and answers in time. */
export type Insight = (headers: IncomingHttpHeaders) => Promise<boolean>;

const patienceMilliseconds = 1_500;

/**
 * Who looks after the installation sees its inside (contract, part 4, S7). While the database cannot be asked whose a key is, its being the
 * administrator's until lately suffices: then of all times he has to learn what is wrong, and it opens nothing else.
 */
export const insightOf =
  (doors: Readonly<{ authentication: Authentication; cookies: CookieSessions; keys: ApiKeys }>, inTurn = turns()): Insight =>
  async ({ authorization, cookie }) => {
    const key = credentialOf(authorization);
    if (key === undefined && (authorization !== undefined || cookie === undefined)) return false;
    const { authentication, cookies, keys } = doors;
    const asked = inTurn(() => (key === undefined ? cookies.principalOf(cookie) : authentication.authenticate(key)));
    const principal = await inTime(asked).catch(() => (key === undefined ? null : keys.lastKnown(key)));
    return principal !== null && managesInstallation(principal);
  };

/**
 * One question at a time, and none that nobody waits for any more: health is asked by anybody as often as he likes, and keys that nobody has must not keep
 * the connections that writes need.
 */
function turns(): <T>(ask: () => T | Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (ask) => {
    const until = performance.now() + patienceMilliseconds;
    const mine = last.then(() => {
      if (performance.now() > until) throw new Error('nobody waits for it any more');
      return ask();
    });
    last = mine.catch(() => undefined);
    return mine;
  };
}

function managesInstallation({ rights }: Principal): boolean {
  const held = rights.anywhere();
  return held === 'all' || held.has('installation:manage');
}

async function inTime<T>(asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it cannot be told whose credential it is')), patienceMilliseconds);
  });
  return Promise.race([asked, tooLate]).finally(() => clearTimeout(timer));
}
