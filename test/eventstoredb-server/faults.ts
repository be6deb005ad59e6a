/** What the test server does wrong, on purpose. Change the fields while it runs. */
export type Faults = {
  /** Calls are taken and never answered; running subscriptions fall silent. */
  silent: boolean;
  /** Milliseconds that every call waits before anything is done for it, its commit included; only batch appends are committed first and answered late. */
  delay: number;
  /** So many of the next appends are committed, and then the connection is cut instead of an answer. */
  dropAfterCommit: number;
  /** So many of the next appends lose their connection before anything was committed. */
  dropBeforeCommit: number;
  /** Calls that require the leader are refused, naming this one. */
  leaderElsewhere: Readonly<{ host: string; port: number }> | undefined;
  /** Subscriptions deliver every event twice. */
  deliverTwice: boolean;
  /** Append answers say `no_position`, as the real server does for some idempotent writes. */
  withoutAppendPosition: boolean;
  /** No `caught_up` messages, as servers before 23.10. */
  withoutCaughtUp: boolean;
  /** Bytes of all events of one append. */
  maximumAppendSize: number;
  /** Calls without exactly these basic credentials are refused. The client sends credentials over TLS only. */
  credentials: Readonly<{ username: string; password: string }> | undefined;
};

export const noFaults = (): Faults => ({
  silent: false,
  delay: 0,
  dropAfterCommit: 0,
  dropBeforeCommit: 0,
  leaderElsewhere: undefined,
  deliverTwice: false,
  withoutAppendPosition: false,
  withoutCaughtUp: false,
  maximumAppendSize: 1_048_576,
  credentials: undefined,
});
