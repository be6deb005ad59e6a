/** Why nothing (more) was done, in words for whoever runs the tool. */
export class CannotCopy extends Error {}
