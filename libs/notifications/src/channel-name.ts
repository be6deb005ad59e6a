/** Kept beside the messages of the outbox: it never changes. */
export const noticesChannel = 'notices';
