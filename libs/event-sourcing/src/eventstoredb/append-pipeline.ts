import { EventStoreDBClient, type EventData } from '@eventstore/db-client';
import { release } from './patient-client.js';

/** One append on its way: its stream under its full name, and the revision it begins at. */
export type PipelinedAppend = Readonly<{ stream: string; firstRevision: number; events: EventData[] }>;

/**
 * Appends over the one call that the client keeps for batches: the server takes its requests in their order, so nobody waits between them. A
 * failure leaves a beginning of them, which is no harm to who compares before going on; but the client knows no deadline there and loses count after
 * a broken connection, so this is for copying a log, never for a decision that somebody waits for.
 */
export class AppendPipeline {
  private readonly client: EventStoreDBClient;

  /** @param address with credentials: given on a call, they would choose the other append */
  constructor(address: string) {
    this.client = EventStoreDBClient.connectionString(address);
  }

  /** Resolves when all are committed. @throws what the first that failed says, and when nothing is answered for `patience` milliseconds */
  async append(appends: readonly PipelinedAppend[], patience: number): Promise<void> {
    const [first, ...rest] = appends;
    if (!first) return;
    const silence = new Silence(patience);
    const send = (append: PipelinedAppend): Promise<void> => this.send(append).then(() => silence.heard());
    try {
      // The first call makes the client open its connection, and would be overtaken by those behind it.
      await Promise.race([send(first), silence.tooLong]);
      const answers = rest.map(send);
      for (const answer of answers) answer.catch(() => undefined);
      await Promise.race([Promise.all(answers), silence.tooLong]);
    } finally {
      silence.end();
    }
  }

  private async send({ stream, firstRevision, events }: PipelinedAppend): Promise<void> {
    const expectedRevision = firstRevision === 0 ? 'no_stream' : BigInt(firstRevision - 1);
    await this.client.appendToStream(stream, events, { expectedRevision, requiresLeader: true });
  }

  close(): Promise<void> {
    return release(this.client);
  }
}

/** Ends a wait in which nothing is heard for too long. */
class Silence {
  private timer: NodeJS.Timeout | undefined;
  private fail: (error: Error) => void = () => undefined;
  readonly tooLong = new Promise<never>((_, reject) => (this.fail = reject));

  constructor(private readonly patience: number) {
    this.tooLong.catch(() => undefined);
    this.heard();
  }

  heard(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fail(new Error(`EventStoreDB has answered no append for ${this.patience} ms`)), this.patience);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
