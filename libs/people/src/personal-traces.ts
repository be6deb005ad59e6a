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
  | 'portal_submissions';

/** What a room keeps of people beside their records. */
export type PersonalTrace = Readonly<{
  /** Addresses and programs that a person was seen with: gathered from all rooms before any of them is asked to forget. */
  places?(userId: number): Promise<readonly string[]>;
  /** Of one person, as far as whoever asks may see it. */
  find?: Readonly<Partial<Record<PersonalSection, (person: SoughtPerson) => Promise<readonly Row[]>>>>;
  /** Has it vanish. Done again it does nothing. */
  erase?(person: SoughtPerson): Promise<void>;
}>;

/** The person himself: what he is called stays until everything else that has to be found by it is gone. */
export type PersonOfTraces = Readonly<{
  known(userId: number): Promise<Omit<SoughtPerson, 'places'>>;
  erase(userId: number): Promise<void>;
}>;

/** From when on nothing shows a person as he was, in milliseconds: other processes remember labels for up to a second. */
const shownAnewAfterMs = 2_000;

/** Knows every place where something of a person is kept. Rooms register theirs at start. */
export class PersonalTraces {
  private readonly traces: PersonalTrace[] = [];
  private person: PersonOfTraces | undefined;

  register(trace: PersonalTrace): void {
    this.traces.push(trace);
  }

  registerPerson(person: PersonOfTraces): void {
    this.person = person;
  }

  /** What is kept of a person under a name, by all rooms. */
  async find(section: PersonalSection, userId: number): Promise<readonly Row[]> {
    const sought = { ...(await this.requirePerson().known(userId)), places: [] };
    const found = await Promise.all(this.traces.map(async ({ find }) => (await find?.[section]?.(sought)) ?? []));
    return found.flat();
  }

  /** Has all of it vanish, and once more when no request that was under way can have kept any of it since. */
  async erase(userId: number): Promise<void> {
    const person = this.requirePerson();
    const places = await Promise.all(this.traces.map(async (trace) => (await trace.places?.(userId)) ?? []));
    const sought = { ...(await person.known(userId)), places: [...new Set(places.flat())] };
    await this.eraseTraces(sought);
    await person.erase(userId);
    setTimeout(() => void this.eraseTraces(sought).catch(() => undefined), shownAnewAfterMs).unref();
  }

  private async eraseTraces(sought: SoughtPerson): Promise<void> {
    await Promise.all(this.traces.map(async ({ erase }) => erase?.(sought)));
  }

  private requirePerson(): PersonOfTraces {
    if (!this.person) throw new Error('nobody knows what people are called');
    return this.person;
  }
}
