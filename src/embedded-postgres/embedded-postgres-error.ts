import { CannotStart } from '../start/cannot-start.js';

/** The embedded database cannot be started or used; the message says to a person what to do about it. */
export class EmbeddedPostgresError extends CannotStart {}

/** Another process, which is alive, works on the folder. */
export class FolderInUse extends EmbeddedPostgresError {}
