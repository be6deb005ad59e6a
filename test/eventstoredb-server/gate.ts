import { setTimeout as wait } from 'node:timers/promises';
import { status, type Metadata, type sendUnaryData, type ServiceError } from '@grpc/grpc-js';
import { failure } from './messages.js';
import type { Faults } from './faults.js';

/** The part of a server call that the gate needs. */
type AnyCall = Readonly<{ metadata: Metadata; getPeer(): string }>;

/** Every call passes here first: who may come in, who is answered late or never, whose connection is cut. */
export class Gate {
  /** While the server is frozen: resolves when it is thawed. Connections are accepted meanwhile, and what they ask is dealt with afterwards. */
  thawed: Promise<void> | undefined;

  constructor(
    readonly faults: Faults,
    /** Cuts the TCP connection of a peer (`address:port`), as a broken network would. */
    private readonly cut: (peer: string) => void,
  ) {}

  /** The reason why a call is refused; undefined lets it in. */
  refusal({ metadata }: AnyCall): ServiceError | undefined {
    const { credentials, leaderElsewhere } = this.faults;
    if (credentials) {
      const expected = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
      if (metadata.get('authorization')[0] !== expected) return failure(status.PERMISSION_DENIED, 'access-denied');
    }
    if (leaderElsewhere && metadata.get('requires-leader')[0] === 'true')
      return failure(status.NOT_FOUND, 'not-leader', {
        'leader-endpoint-host': leaderElsewhere.host,
        'leader-endpoint-port': String(leaderElsewhere.port),
      });
    return undefined;
  }

  /** Lets a call with one answer through to be carried out, late or never if the faults say so. */
  pass<Answer>(call: AnyCall, answer: sendUnaryData<Answer>, work: () => void): void {
    if (this.thawed) return void this.thawed.then(() => this.pass(call, answer, work));
    const refused = this.refusal(call);
    if (refused) return answer(refused);
    if (this.faults.silent) return;
    if (this.faults.delay > 0) setTimeout(work, this.faults.delay).unref();
    else work();
  }

  /** The same for a stream of answers; false where it must stay silent. */
  async admits(): Promise<boolean> {
    await this.thawed;
    if (this.faults.delay > 0) await wait(this.faults.delay, undefined, { ref: false });
    return !this.faults.silent;
  }

  dropsBeforeCommit(call: AnyCall): boolean {
    if (this.faults.dropBeforeCommit <= 0) return false;
    this.faults.dropBeforeCommit -= 1;
    this.cut(call.getPeer());
    return true;
  }

  dropsAfterCommit(call: AnyCall): boolean {
    if (this.faults.dropAfterCommit <= 0) return false;
    this.faults.dropAfterCommit -= 1;
    this.cut(call.getPeer());
    return true;
  }
}
