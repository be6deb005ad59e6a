/** Why nothing was backed up or restored, in a sentence for whoever runs the tool. */
export class CannotDo extends Error {}

/** The file is no backup, or not the one that was written. */
export class DamagedBackup extends CannotDo {}
