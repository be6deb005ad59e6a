import { createServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import gossipServices from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import featureServices from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import streamServices from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { appendCall, deleteCall, tombstoneCall } from './append-calls.js';
import { batchAppendCall } from './batch-append-call.js';
import { noFaults, type Faults } from './faults.js';
import { noFigures, type Figures } from './figures.js';
import { Gate } from './gate.js';
import { uuidOf } from './messages.js';
import { readCall } from './read-calls.js';
import { StoredLog } from './stored-log.js';

export type ServerOptions = Readonly<{
  /** 0 chooses a free one. */
  port?: number;
  /** Where committed events survive the process; in memory without. */
  file?: string;
  /** The position of the first event; past 2^53 shows who keeps positions in numbers. */
  firstPosition?: bigint;
  /** Streams of the server itself and of others who share it, written to before and after each append. */
  neighbours?: readonly string[];
  /** What several nodes of a cluster have committed together; a log of its own without. */
  log?: StoredLog;
  /** The cluster as this node's gossip tells of it; itself alone without. */
  members?: () => readonly Member[];
  /** PEM texts; without them the server speaks plain HTTP/2. */
  tls?: Readonly<{ certificate: string; key: string }>;
}>;

/** A node as gossip tells of it. */
export type Member = Readonly<{ port: number; leads: boolean; alive: boolean }>;

/**
 * A server that speaks EventStoreDB's wire protocol as far as our adapter does, and misbehaves on demand.
 * It proves the adapter against the protocol, not EventStoreDB's own behaviour, and is no part of the product.
 */
export class EventStoreDbTestServer {
  readonly faults: Faults = noFaults();
  readonly figures: Figures = noFigures();
  readonly log: StoredLog;
  port: number;
  private tcp: TcpServer | undefined;
  private grpc: Server | undefined;
  private readonly sockets = new Map<string, Socket>();
  private readonly gate = new Gate(this.faults, (peer) => this.sockets.get(peer)?.destroy());
  private thawNow: () => void = () => undefined;

  constructor(private readonly options: ServerOptions = {}) {
    this.log = options.log ?? new StoredLog(options);
    this.port = options.port ?? 0;
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.port}?tls=${this.options.tls ? 'true' : 'false'}`;
  }

  /** Listens; after a `kill` again on the same port, with everything that was committed. */
  async start(): Promise<this> {
    const grpc = this.serve(this.gate);
    const { tls } = this.options;
    const credentials = tls
      ? ServerCredentials.createSsl(null, [{ cert_chain: Buffer.from(tls.certificate), private_key: Buffer.from(tls.key) }])
      : ServerCredentials.createInsecure();
    const injector = grpc.createConnectionInjector(credentials);
    // Connections are accepted here and handed over, so that a fault can cut one of them below gRPC.
    const tcp = createServer((socket) => {
      const peer = `${socket.remoteAddress}:${socket.remotePort}`;
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(peer));
      this.sockets.set(peer, socket);
      injector.injectConnection(socket);
    });
    tcp.listen(this.port, '127.0.0.1');
    await once(tcp, 'listening');
    this.port = (tcp.address() as AddressInfo).port;
    this.tcp = tcp;
    this.grpc = grpc;
    return this;
  }

  /** Goes away as a killed process does: connections are cut, nothing is answered any more, what was committed stays. */
  async kill(): Promise<void> {
    const { tcp, grpc } = this;
    this.tcp = this.grpc = undefined;
    if (!tcp) return;
    const closed = once(tcp, 'close');
    tcp.close();
    this.cutConnections();
    grpc?.forceShutdown();
    await closed;
  }

  async stop(): Promise<void> {
    await this.kill();
    this.log.close();
  }

  /** Does nothing any more, as a stopped process (SIGSTOP) does: the system still accepts connections for it, and nobody is answered. */
  freeze(): void {
    this.gate.thawed ??= new Promise((resolve) => (this.thawNow = resolve));
  }

  /** Goes on, first with what was asked meanwhile. */
  thaw(): void {
    this.gate.thawed = undefined;
    this.thawNow();
  }

  get frozen(): boolean {
    return this.gate.thawed !== undefined;
  }

  /** Cuts every connection and goes on listening. */
  cutConnections(): void {
    for (const socket of this.sockets.values()) socket.destroy();
  }

  private serve(gate: Gate): Server {
    const { log, figures } = this;
    const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
    server.addService(streamServices.StreamsService, {
      read: readCall(log, gate, figures),
      append: appendCall(log, gate, figures),
      batchAppend: batchAppendCall(log, gate, figures),
      delete: deleteCall(log, gate),
      tombstone: tombstoneCall(log, gate),
    });
    server.addService(featureServices.ServerFeaturesService, {
      getSupportedMethods: (call: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>) =>
        gate.pass(call, answer, () => answer(null, this.supportedMethods())),
    });
    server.addService(gossipServices.GossipService, {
      read: (call: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>) =>
        gate.pass(call, answer, () => answer(null, this.clusterInfo())),
    });
    return server;
  }

  private supportedMethods() {
    const service = 'event_store.client.streams.streams';
    const names = ['read', 'append', 'batchappend', 'delete', 'tombstone'];
    return new features.SupportedMethods()
      .setEventStoreServerVersion('24.10.0')
      .setMethodsList(names.map((name) => new features.SupportedMethod().setServiceName(service).setMethodName(name)));
  }

  private clusterInfo() {
    const { VNodeState } = gossip.MemberInfo;
    const alone = { port: this.port, leads: this.faults.leaderElsewhere === undefined, alive: true };
    const members = (this.options.members?.() ?? [alone]).map(({ port, leads, alive }) =>
      new gossip.MemberInfo()
        .setInstanceId(uuidOf(crypto.randomUUID()))
        .setTimeStamp(`${BigInt(Date.now()) * 10_000n}`)
        .setState(leads ? VNodeState.LEADER : VNodeState.FOLLOWER)
        .setIsAlive(alive)
        .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(port)),
    );
    this.figures.gossips += 1;
    return new gossip.ClusterInfo().setMembersList(members);
  }
}
