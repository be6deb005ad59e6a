import { open, type FileHandle } from 'node:fs/promises';

/** What the client knows of a command: nothing yet, or what the server answered. `unknown` is an answer that never came, or a 5xx. */
export type Outcome = 'acknowledged' | 'rejected' | 'unknown';

export type Intent = Readonly<{ id: string; path: string; body: string }>;
export type Conclusion = Readonly<{
  id: string;
  outcome: Outcome;
  status: number;
  position: string | undefined;
  answerHash: string | undefined;
}>;

/**
 * The client's own book, on another file than the server's: a line before a command is sent and one after its answer, each on the disk
 * before the client goes on. Lines that arrive together share one fsync.
 */
export class OutsideLedger {
  private waiting: { line: string; written: () => void; failed: (error: unknown) => void }[] = [];
  private flushing = false;

  private constructor(private readonly file: FileHandle) {}

  static async create(path: string): Promise<OutsideLedger> {
    return new OutsideLedger(await open(path, 'wx'));
  }

  intend(intent: Intent): Promise<void> {
    return this.write({ kind: 'intent', ...intent });
  }

  conclude(conclusion: Conclusion): Promise<void> {
    return this.write({ kind: 'conclusion', ...conclusion });
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private write(entry: unknown): Promise<void> {
    return new Promise((written, failed) => {
      this.waiting.push({ line: `${JSON.stringify(entry)}\n`, written, failed });
      if (!this.flushing) void this.flush();
    });
  }

  private async flush(): Promise<void> {
    this.flushing = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0);
      try {
        await this.file.appendFile(batch.map(({ line }) => line).join(''));
        await this.file.datasync();
        for (const { written } of batch) written();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.flushing = false;
  }
}

export type BookedCommand = Readonly<{ intent: Intent; conclusions: readonly Conclusion[] }>;

/** Reads the book back from its file: what was fsynced is all a client that dies would still know. */
export function readLedger(text: string): Map<string, BookedCommand> {
  const booked = new Map<string, { intent: Intent; conclusions: Conclusion[] }>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const entry = JSON.parse(line) as ({ kind: 'intent' } & Intent) | ({ kind: 'conclusion' } & Conclusion);
    if (entry.kind === 'intent') booked.set(entry.id, { intent: entry, conclusions: [] });
    else booked.get(entry.id)?.conclusions.push(entry);
  }
  return booked;
}
