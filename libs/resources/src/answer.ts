import type { RequestScope } from '#millwright/access';
import type { Position } from '#millwright/event-sourcing';

/**
 * What a controller method returns; the edge turns it into envelope and headers.
 * `status` stands in place of the operation's own, `revision` becomes the strong ETag, `position` the X-Position header, `meta` is merged into `meta`.
 */
export class Answer<T = unknown> {
  constructor(
    readonly data: T,
    readonly facts: Readonly<{
      status?: number;
      revision?: number;
      position?: Position;
      meta?: Readonly<Record<string, unknown>>;
      /** Whose installation it is, for whoever has come in by this very answer: the request itself was nobody's. */
      customer?: RequestScope['customer'];
      stale?: boolean;
      /** What else is said beside the body. */
      headers?: Readonly<Record<string, string>>;
      /** What of the data is told this once: what is kept for repeats has null in its place (contract, part 4, S12). */
      secrets?: readonly string[];
    }> = {},
  ) {}
}

/**
 * What a controller method returns for more than one answer should hold: it is sent as it comes, a JSON text a line, and ends with a line of its own
 * (`{"end":true,"count":3}`). One that breaks off has no such line.
 */
export class StreamedAnswer {
  /** `rows`: page by page, each of them read as whoever asks is let in at its moment: who has lost a right meanwhile sees no more of it. */
  constructor(readonly rows: (now: () => RequestScope) => AsyncIterable<readonly object[]>) {}
}
