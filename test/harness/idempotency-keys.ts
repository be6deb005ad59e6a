import { accessMigrations } from '#millwright/access';

/** The tables of keys as a start leaves them, for a log that is tried without the rest of the product. */
export const idempotencyKeyTables = [...accessMigrations.map(({ sql }) => sql), 'GRANT ALL ON app.idempotency_keys TO millwright_app'];
