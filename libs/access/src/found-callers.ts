import type { Principal } from './request-scope.js';

/** Whom a call turned out to be of that brought no credential: null where it is no person, or by what he comes is none (a link, a spent token). */
export type FoundCaller = Readonly<{ userId: number | null; credential: Principal['credential'] | null }>;

const found = new WeakMap<object, FoundCaller>();

/** Notes whose a call is that came as nobody's, so that the log of calls says so, and where he came from goes with him. What is noted last counts. */
export const noteCaller = (request: object, caller: FoundCaller): void => void found.set(request, caller);

/** Undefined where it was nobody's until now. */
export const callerFound = (request: object): FoundCaller | undefined => found.get(request);
