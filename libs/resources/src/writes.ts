import { Injectable } from '@nestjs/common';
import {
  afterCommit,
  commandContextOf,
  fingerprintOf,
  IdempotencyKeys,
  KnownSites,
  requireTaken,
  takenForDeed,
  type RequestScope,
  type StoredAnswer,
} from '#millwright/access';
import { runInContext, whenKnown, type Admission, type CommandContext, type IdempotentAttempt } from '#millwright/event-sourcing';
import { RelatedRecords, type Mention } from './references/index.js';
import { OwnWrites } from './own-writes.js';

/** What a request wants written, by whichever edge it came in. */
export type Write = Readonly<{
  scope: RequestScope;
  /** An archived site does not stand in its way. */
  atArchivedSites?: boolean;
  /** The precondition in the words of the client, and the revisions that it allows. */
  ifMatch?: string | number;
  expectedRevisions: CommandContext['expectedRevisions'];
  /** What its repeats are known by; left out where the client gave no key. `asked` is what two requests with one key must have in common. */
  keyed?: Readonly<{ key: string; operation: string; asked: Readonly<Record<string, unknown>> }>;
  /** Which record an answer is about, where it is about one: who does not see it any more is not told of it again (contract, part 4, S12). */
  about?(answer: StoredAnswer): Mention | undefined;
}>;

/** Under which an answer says what rights its write took by what it came to; it is no header of HTTP, and no client sees it. */
const mark = 'takes';

const noting = (answer: StoredAnswer, taken: readonly string[]): StoredAnswer =>
  taken.length === 0 ? answer : { ...answer, headers: { ...answer.headers, [mark]: taken.join(' ') } };

/** An answer without what it notes, and that. */
function whatItTook<A extends StoredAnswer>(noted: A): Readonly<{ answer: A; takes: readonly string[] }> {
  if (noted.headers[mark] === undefined) return { answer: noted, takes: [] };
  const { [mark]: takes, ...headers } = noted.headers;
  return { answer: { ...noted, headers }, takes: takes.split(' ') };
}

/** The one door of everything that is written: one effect a key, no lost update, nothing at an archived site, and own writes seen. */
@Injectable()
export class Writes {
  constructor(
    private readonly keys: IdempotencyKeys,
    private readonly knownSites: KnownSites,
    private readonly ownWrites: OwnWrites,
    private readonly related: RelatedRecords,
  ) {}

  /**
   * Carries `work` out in the command context of its request, or gives the answer that its key has.
   * @throws Rejection of `IdempotencyKeys.run`; COMPLETION_PENDING where what `work` committed stands and cannot be answered; CONFLICT at an archived
   * site; NOT_FOUND a repeat about a record that whoever asks does not see any more; INSUFFICIENT_PERMISSIONS a repeat of what he may not do any more
   */
  async run(write: Write, work: () => Promise<StoredAnswer>): Promise<StoredAnswer & { replayed: boolean }> {
    const { scope, keyed, ifMatch } = write;
    const given = keyed
      ? await this.keys.run(
          {
            operation: keyed.operation,
            key: keyed.key,
            fingerprint: fingerprintOf({ ...keyed.asked, entity: scope.entity?.id ?? null, if_match: ifMatch ?? null }),
          },
          async (idempotency) => this.decided(write, work, idempotency),
        )
      : { ...(await this.decided(write, work)), replayed: false };
    const { answer, takes } = whatItTook(given);
    const mention = answer.replayed ? write.about?.(answer) : undefined;
    if (mention) await this.related.requireSeen(mention);
    if (answer.replayed && takes.length > 0) await requireTaken(scope, takes);
    // The answer's position also covers what others did for it (the parts of an order), and what an earlier try has done.
    const position = answer.headers['X-Position'];
    if (position !== undefined) this.ownWrites.acknowledged(scope.principal, BigInt(position));
    return answer;
  }

  private decided(write: Write, work: () => Promise<StoredAnswer>, idempotency?: IdempotentAttempt): StoredAnswer | Promise<StoredAnswer> {
    const admission = write.atArchivedSites ? undefined : this.knownSites.admission(write.scope);
    return whenKnown(admission, (admitted) => this.admitted(write, work, { admission: admitted, idempotency }));
  }

  private async admitted(
    { scope, expectedRevisions }: Write,
    work: () => Promise<StoredAnswer>,
    more: Readonly<{ admission?: Admission; idempotency?: IdempotentAttempt }>,
  ): Promise<StoredAnswer> {
    const context = commandContextOf(scope, { expectedRevisions, ...more });
    try {
      return noting(await runInContext(context, work), takenForDeed(scope));
    } catch (failure) {
      throw afterCommit(failure, context);
    } finally {
      takenForDeed(scope);
      if (context.commits?.position !== undefined) this.ownWrites.acknowledged(scope.principal, context.commits.position);
    }
  }
}
