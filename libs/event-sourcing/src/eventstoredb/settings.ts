/** How to reach EventStoreDB. Nothing here is read from the environment. */
export type EventStoreDbLogOptions = Readonly<{
  /** `esdb://user:password@host:2113?tls=true`, several hosts with commas, or `esdb+discover://`. */
  url: string;
  /** Stands before every stream name, so that installations (and test runs) can share a server. No installation's prefix may begin another's. */
  prefix?: string;
  /** Milliseconds an append may take altogether when the caller names no deadline. */
  appendTimeout?: number;
  /** Milliseconds of one try, after which it is made again with the same event ids. */
  attemptTimeout?: number;
  /** Milliseconds a read may stay without any progress. */
  readTimeout?: number;
  /** Milliseconds an event that the log has may be missing from a live subscription before that is taken up anew. */
  stallTimeout?: number;
  /** Told of each lost subscription and each failed attempt to take it up again; for log lines and metrics. */
  onTrouble?: (error: unknown) => void;
}>;

export type Credentials = Readonly<{ username: string; password: string }>;

/** Never sent: the client keeps credentials off connections without TLS. They are given because only they select its classic append call. */
const placeholder: Credentials = { username: 'none', password: 'none' };

/** The credentials of a URL. TLS without any is refused: the server would refuse every call anyway, later and less clearly. */
export function credentialsOf(url: string): Credentials {
  const match = /^esdb(?:\+discover)?:\/\/(?:([^:@/]+):([^@/]+)@)?[^?]+(?:\?(.*))?$/.exec(url.trim());
  if (!match) throw new Error('the address of EventStoreDB must look like esdb://user:password@host:2113?tls=true');
  const [, username, password, query = ''] = match;
  const settings = new Map(query.split('&').map((pair) => pair.toLowerCase().split('=') as [string, string]));
  if (settings.get('throwonappendfailure') === 'false') throw new Error('throwOnAppendFailure=false hides conflicts and is not supported');
  if (username !== undefined && password !== undefined)
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  if (settings.get('tls') !== 'false')
    throw new Error(
      'EventStoreDB with TLS needs credentials in its address (esdb://user:password@…), or say tls=false on a trusted network',
    );
  return placeholder;
}
