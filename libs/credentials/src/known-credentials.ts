import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { EventStore, runForEverybody, SharedReading, whenKnown } from '#millwright/event-sourcing';
import { credentials, credentialsId, type Credentials } from './domain/credentials.js';

/** From which age on what is known is read anew while it still serves, in milliseconds. */
const renewedAfterMs = 300;
/** Up to which age it serves: together with the reading itself less than the second after which nothing that was taken away works (contract, part 4, S29). */
const believedForMs = 700;
/** How long after one reading for what is unknown the next begins, in milliseconds: whoever tries one made-up secret after the other has the log read no more often. */
const lookedForEveryMs = 20;

/**
 * What this process knows of the credentials of the installation: what it appends itself at once, what others append within a second.
 * An age counts from when a reading began, for what was appended meanwhile may be missing in it.
 */
@Injectable()
export class KnownCredentials {
  private known: Readonly<{ state: Credentials; since: number }> | undefined;
  private readonly reading = new SharedReading(() => this.read());
  private looking: Promise<Credentials> | undefined;
  private lookedAt = -Infinity;

  constructor(private readonly events: EventStore) {}

  /** At once where it was read lately. @throws Rejection UNAVAILABLE the log cannot be read, and what is known is too old to be believed */
  now(): Credentials | Promise<Credentials> {
    const { known } = this;
    const age = known ? performance.now() - known.since : Infinity;
    if (!known || age >= believedForMs) return this.reading.joined();
    if (age >= renewedAfterMs) this.reading.joined().catch(() => undefined);
    return this.events.recent(credentials, credentialsId) ?? known.state;
  }

  /**
   * What is found in what is known; where it is not there, in all that was appended by now: a secret that another process has made a moment ago is good at once.
   * @throws Rejection UNAVAILABLE the log cannot be read
   */
  find<Value>(look: (state: Credentials) => Value | undefined): Value | undefined | Promise<Value | undefined> {
    return whenKnown(this.now(), (state) => look(state) ?? this.lookAgain().then(look));
  }

  /** Reads the log, so that whatever was appended before this was called, by whichever process, is known from then on. @throws Rejection UNAVAILABLE */
  async lookAnew(): Promise<void> {
    await this.reading.anew();
  }

  /** Everything that was appended before this was called, looked for now and then. All who ask before the reading begins share it. */
  private lookAgain(): Promise<Credentials> {
    this.looking ??= this.readLater();
    return this.looking;
  }

  private async readLater(): Promise<Credentials> {
    await delay(Math.max(0, this.lookedAt + lookedForEveryMs - performance.now()));
    // Whoever comes from here on waits for the next.
    this.looking = undefined;
    this.lookedAt = performance.now();
    return this.reading.anew();
  }

  private async read(): Promise<Credentials> {
    const since = performance.now();
    const { state } = await runForEverybody(() => this.events.load(credentials, credentialsId));
    this.known = { state, since };
    return state;
  }
}
