import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Pool } from 'pg';
import { EventStore } from '#millwright/event-sourcing';
import { endNobodysSessions } from './endings.js';
import { Links } from './links.js';
import { NewPasswords } from './new-passwords.js';
import { Sessions } from './sessions.js';
import { Attempts } from './single-sign-on/attempts.js';
import { IssuerSettingsStore } from './single-sign-on/issuer-settings.js';
import { WaitingPairs } from './waiting-pairs.js';

const everyMs = 3_600_000;
/** What a process has left undone is not to wait for so long. */
const settledEveryMs = 60_000;

/**
 * Takes away, every hour, what nobody will ask for again: what somebody tried in vain, and where he was signed in long ago; ends, at the start, too, the
 * sessions that are nobody's. Does, at the start and every minute, what a process that has ended has left undone of somebody's new password.
 */
@Injectable()
export class CleanUp implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(CleanUp.name);
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly pairs: WaitingPairs,
    private readonly sessions: Sessions,
    private readonly links: Links,
    private readonly attempts: Attempts,
    private readonly issuer: IssuerSettingsStore,
    private readonly newPasswords: NewPasswords,
    private readonly pool: Pool,
    private readonly events: EventStore,
  ) {}

  onApplicationBootstrap(): void {
    this.timers.push(
      setInterval(() => void Promise.all([this.run(), this.endNobodys()]), everyMs).unref(),
      setInterval(() => void this.settle(), settledEveryMs).unref(),
    );
    void this.settle();
    void this.endNobodys();
  }

  onModuleDestroy(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  private async settle(): Promise<void> {
    try {
      await this.newPasswords.settle();
    } catch (error) {
      this.logger.warn(`what is owed for new passwords could not be done yet: ${String(error)}`);
    }
  }

  private async endNobodys(): Promise<void> {
    try {
      await endNobodysSessions(this.pool, this.events);
    } catch (error) {
      this.logger.warn(`sessions that are nobody's could not be ended yet: ${String(error)}`);
    }
  }

  private async run(): Promise<void> {
    try {
      await Promise.all([this.pairs, this.sessions, this.links, this.attempts, this.issuer].map(async (kept) => kept.forgetOld()));
    } catch (error) {
      this.logger.warn(`what is over could not be taken away: ${String(error)}`);
    }
  }
}
