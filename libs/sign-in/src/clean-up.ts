import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Links } from './links.js';
import { Sessions } from './sessions.js';
import { Attempts } from './single-sign-on/attempts.js';
import { WaitingPairs } from './waiting-pairs.js';

const everyMs = 3_600_000;

/** Takes away, every hour, what nobody will ask for again: what somebody tried in vain, and where he was signed in long ago. */
@Injectable()
export class CleanUp implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(CleanUp.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pairs: WaitingPairs,
    private readonly sessions: Sessions,
    private readonly links: Links,
    private readonly attempts: Attempts,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.run(), everyMs).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async run(): Promise<void> {
    try {
      await Promise.all([this.pairs.forgetOld(), this.sessions.forgetOld(), this.links.forgetOld(), this.attempts.forgetOld()]);
    } catch (error) {
      this.logger.warn(`what is over could not be taken away: ${String(error)}`);
    }
  }
}
