import type pg from 'pg';

/** A statement that goes by key and takes longer than this has lost its connection, in milliseconds. */
const longestMs = 10_000;
/** Making an index over a large table takes as long as it takes; milliseconds. */
const longestIndexingMs = 3_600_000;

type Timed<Query> = Query & { query_timeout: number };

/**
 * A statement that fails when no answer comes, so that a connection that went dead without a word does not hold up its worker for ever.
 * It is said of each statement, for the pool's own setting would leave a timer behind with every COPY, which keeps a process from ending.
 */
export const answeredInTime = <Query extends pg.QueryConfig>(query: Query): Timed<Query> => ({ ...query, query_timeout: longestMs });

export const answeredAtLast = <Query extends pg.QueryConfig>(query: Query): Timed<Query> => ({
  ...query,
  query_timeout: longestIndexingMs,
});
