import { Injectable } from '@nestjs/common';
import { EventStore, runForEverybody } from '#millwright/event-sourcing';
import { credentials, credentialsId, type Credentials } from './domain/credentials.js';

/** From which age on what is known is read anew while it still serves, in milliseconds. */
const renewedAfterMs = 300;
/** Up to which age it serves: together with the reading itself less than the second after which nothing that was taken away works (contract, part 4, S29). */
const believedForMs = 700;

/**
 * What this process knows of the credentials of the installation: what it appends itself at once, what others append within a second.
 * An age counts from when a reading began, for what was appended meanwhile may be missing in it.
 */
@Injectable()
export class KnownCredentials {
  private known: Readonly<{ state: Credentials; since: number }> | undefined;
  private reading: Promise<Credentials> | undefined;

  constructor(private readonly events: EventStore) {}

  /** At once where it was read lately. @throws Rejection UNAVAILABLE the log cannot be read, and what is known is too old to be believed */
  now(): Credentials | Promise<Credentials> {
    const { known } = this;
    const age = known ? performance.now() - known.since : Infinity;
    if (!known || age >= believedForMs) return this.read();
    if (age >= renewedAfterMs) this.read().catch(() => undefined);
    return this.events.recent(credentials, credentialsId) ?? known.state;
  }

  private read(): Promise<Credentials> {
    this.reading ??= this.readNow().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async readNow(): Promise<Credentials> {
    const since = performance.now();
    const { state } = await runForEverybody(() => this.events.load(credentials, credentialsId));
    this.known = { state, since };
    return state;
  }
}
