import type { Position } from '#millwright/event-sourcing';

/**
 * What a controller method returns; the edge turns it into envelope and headers.
 * `revision` becomes the strong ETag, `position` the X-Position header, `meta` is merged into `meta`.
 */
export class Answer<T = unknown> {
  constructor(
    readonly data: T,
    readonly facts: Readonly<{ revision?: number; position?: Position; meta?: Readonly<Record<string, unknown>>; stale?: boolean }> = {},
  ) {}
}
