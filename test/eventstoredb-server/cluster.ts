import { EventStoreDbTestServer, type Member } from './server.js';
import { StoredLog } from './stored-log.js';

/**
 * Several test servers that stand for one cluster: they have what was committed in common, one of them leads, all tell so in their gossip, and
 * the others send away who asks for the leader. Who leads is said by the test; there is no election, no majority and no replication behind it.
 */
export class EventStoreDbTestCluster {
  readonly nodes: readonly EventStoreDbTestServer[];
  private leader: EventStoreDbTestServer;

  private constructor(size: number, firstPosition: bigint) {
    const log = new StoredLog({ firstPosition });
    const leader = new EventStoreDbTestServer({ log, members: () => this.members() });
    const others = Array.from({ length: size - 1 }, () => new EventStoreDbTestServer({ log, members: () => this.members() }));
    this.nodes = [leader, ...others];
    this.leader = leader;
  }

  static async start(size: number, firstPosition = 2n ** 53n + 1n): Promise<EventStoreDbTestCluster> {
    const cluster = new EventStoreDbTestCluster(size, firstPosition);
    await Promise.all(cluster.nodes.map((node) => node.start()));
    cluster.elect(cluster.leader);
    return cluster;
  }

  /** Names every node. */
  get url(): string {
    return `esdb://${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}?tls=false`;
  }

  get leading(): EventStoreDbTestServer {
    return this.leader;
  }

  /** Makes a node lead. Until then one that is frozen still leads, as far as the others know. */
  elect(node: EventStoreDbTestServer): void {
    this.leader = node;
    for (const other of this.nodes) other.faults.leaderElsewhere = other === node ? undefined : { host: '127.0.0.1', port: node.port };
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  private members(): Member[] {
    return this.nodes.map((node) => ({ port: node.port, leads: node === this.leader, alive: node === this.leader || !node.frozen }));
  }
}
