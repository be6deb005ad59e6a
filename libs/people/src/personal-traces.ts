import { setTimeout as pause } from 'node:timers/promises';
import type { Row } from '#millwright/event-sourcing';

/** Whom rooms look for: his number, and what he was ever called and reached by, as far as it is still known. */
export type SoughtPerson = Readonly<{
  id: number;
  /** Names, addresses and numbers, as he wrote them. */
  texts: readonly string[];
  emails: readonly string[];
  /** Addresses and programs that he was seen with. */
  places: readonly string[];
}>;

/** The same without where he was. */
export type KnownPerson = Omit<SoughtPerson, 'places'>;

/** What a room's part of a person's data is called. */
export type PersonalSection =
  | 'sessions'
  | 'sign_in_links'
  | 'issuer_accounts'
  | 'addresses'
  | 'user_agents'
  | 'api_keys'
  | 'comments'
  | 'requests'
  | 'signatures'
  | 'portal_submissions';

/** What a room keeps of people beside their records. */
export type PersonalTrace = Readonly<{
  /** Addresses and programs that a person was seen with: gathered from all rooms before any of them is asked to forget. */
  places?(userId: number): Promise<readonly string[]>;
  /** What a person has called himself there, and how he spelt his addresses: the rest is found by it, so that it goes when his own values do. */
  names?: Readonly<{ of(person: KnownPerson): Promise<Pick<KnownPerson, 'texts' | 'emails'>>; erase(person: KnownPerson): Promise<void> }>;
  /** Of one person, as far as whoever asks may see it. */
  find?: Readonly<Partial<Record<PersonalSection, (person: SoughtPerson) => Promise<readonly Row[]>>>>;
  /** Has it vanish. Done again it does nothing. */
  erase?(person: SoughtPerson): Promise<void>;
  /** Has vanish what no index finds: it takes as long as there is to look through. `since` leaves out what is older. Done again it does nothing. */
  comb?(person: SoughtPerson, since?: Date): Promise<void>;
}>;

/** The person himself, by whose values the rest is found. */
export type PersonOfTraces = Readonly<{
  known(userId: number): Promise<KnownPerson>;
  /** His whole name, as everybody is shown it. */
  shownName(userId: number): Promise<string>;
  erase(userId: number): Promise<void>;
}>;

/** From when on nothing shows a person as he was, in milliseconds: other processes remember labels for up to a second. */
const shownAnewAfterMs = 2_000;
/** How long before an erasure a request can have begun that is answered after it, in milliseconds. */
const longestRequestMs = 900_000;
/** How long what a person is called waits for what is found by it: whoever begins anew after a crash then knows it. */
const valuesWaitMs = 2_000;
/** The longest pause before what failed is tried again. */
const longestPauseMs = 60_000;

/** An erasure that goes on. */
type Erasure = Readonly<{
  /** Settled as soon as his values, and what an index finds, are gone. */
  soon: Promise<void>;
  whole: Promise<void>;
}>;

/** Knows every place where something of a person is kept. Rooms register theirs at start. */
export class PersonalTraces {
  private readonly traces: PersonalTrace[] = [];
  private person: PersonOfTraces | undefined;
  private readonly underWay = new Map<number, Erasure>();
  /** Whom an erasure could not find everything of: his values are gone, and another try knows them from here. */
  private readonly unfinished = new Map<number, SoughtPerson>();
  private readonly stuck = new Set<number>();

  /** @param onStuck told once of each person of whom not all is gone, though it was looked for again; the failure may name him */
  constructor(private readonly onStuck: (userId: number, failure: unknown) => void = () => undefined) {}

  /** The people of whom this process knows that not all is gone, though it was looked for again. It goes on until it is. */
  get notGone(): readonly number[] {
    return [...this.stuck];
  }

  register(trace: PersonalTrace): void {
    this.traces.push(trace);
  }

  registerPerson(person: PersonOfTraces): void {
    this.person = person;
  }

  /** What a person was ever called and reached by, as far as his own record says it. */
  known(userId: number): Promise<KnownPerson> {
    return this.requirePerson().known(userId);
  }

  /** His whole name, as everybody is shown it. */
  shownName(userId: number): Promise<string> {
    return this.requirePerson().shownName(userId);
  }

  /** What is kept of a person under a name, by all rooms. */
  async find(section: PersonalSection, userId: number): Promise<readonly Row[]> {
    const sought = { ...(await this.known(userId)), places: [] };
    const found = await Promise.all(this.traces.map(async ({ find }) => (await find?.[section]?.(sought)) ?? []));
    return found.flat();
  }

  /** Has all of it vanish, and once more when no request that was under way can have kept any of it since. Resolves when all is gone. */
  erase(userId: number): Promise<void> {
    return this.begun(userId).whole;
  }

  /** The same; resolves when his values and what an index finds are gone, while the rest is still looked through. */
  eraseSoon(userId: number): Promise<void> {
    return this.begun(userId).soon;
  }

  /** Two who want the same go through everything once. */
  private begun(userId: number): Erasure {
    const known = this.underWay.get(userId);
    if (known) return known;
    const since = new Date(Date.now() - longestRequestMs);
    const begun = this.sought(userId).then((person) => this.start(person));
    const whole = begun.then((started) => started.whole);
    const ended = (from: Date | undefined) => (): void => {
      this.underWay.delete(userId);
      this.again(userId, from, shownAnewAfterMs);
    };
    whole.then(ended(since), ended(undefined));
    const erasure = { soon: begun.then((started) => started.soon), whole };
    erasure.soon.catch(() => undefined);
    this.underWay.set(userId, erasure);
    return erasure;
  }

  private async sought(userId: number): Promise<SoughtPerson> {
    const places = await Promise.all(this.traces.map(async (trace) => (await trace.places?.(userId)) ?? []));
    const known = await this.known(userId);
    const named = (await Promise.all(this.traces.map(async ({ names }) => names?.of(known)))).filter((found) => found !== undefined);
    const earlier = this.unfinished.get(userId);
    const person = {
      id: userId,
      texts: [...new Set([...known.texts, ...named.flatMap(({ texts }) => texts), ...(earlier?.texts ?? [])])],
      emails: [...new Set([...known.emails, ...named.flatMap(({ emails }) => emails), ...(earlier?.emails ?? [])])],
      places: [...new Set([...places.flat(), ...(earlier?.places ?? [])])],
    };
    this.unfinished.set(userId, person);
    return person;
  }

  /** None waits for another's success: what fails is tried again, and everything else is gone. */
  private start(person: SoughtPerson): Erasure {
    const found = allOf(this.traces.map(async ({ erase }) => erase?.(person)));
    const combed = allOf(this.traces.map(async ({ comb }) => comb?.(person)));
    const values = Promise.race([Promise.allSettled([found, combed]), pause(valuesWaitMs, undefined, { ref: false })]).then(() =>
      // What is found by his values alone goes before them, or else nobody would find it after a crash in between.
      this.eraseNames(person).finally(() => this.requirePerson().erase(person.id)),
    );
    return { soon: allOf([found, values]), whole: allOf([found, combed, values]) };
  }

  /** Only this process still knows whom to look for, so it goes on until it is done. */
  private again(userId: number, since: Date | undefined, afterMs: number): void {
    const person = this.unfinished.get(userId);
    if (!person) return;
    setTimeout(() => {
      const all = this.traces.map(async ({ erase, comb }) => Promise.all([erase?.(person), comb?.(person, since)]));
      void allOf([...all, this.eraseNames(person)]).then(
        () => {
          this.unfinished.delete(userId);
          this.stuck.delete(userId);
        },
        (failure: unknown) => {
          if (!this.stuck.has(userId)) this.onStuck(userId, failure);
          this.stuck.add(userId);
          this.again(userId, since, Math.min(2 * afterMs, longestPauseMs));
        },
      );
    }, afterMs).unref();
  }

  private eraseNames(person: SoughtPerson): Promise<void> {
    return allOf(this.traces.map(async ({ names }) => names?.erase(person)));
  }

  private requirePerson(): PersonOfTraces {
    if (!this.person) throw new Error('nobody knows what people are called');
    return this.person;
  }
}

/** Waits for each of them. @throws the first failure, when all are settled */
async function allOf(work: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
}
