import { Rejection } from '#millwright/event-sourcing';
import type { IssuerSettings } from '../domain/single-sign-on.events.js';

/** The issuer as it holds now, with the secret. `revision` tells one state of the settings from another. */
export type KnownIssuer = IssuerSettings & Readonly<{ secret: string; revision: number }>;

export const unavailable = (): Rejection =>
  new Rejection('ISSUER_UNAVAILABLE', 'The issuer of single sign-on cannot be used at this moment.');

/** The same whatever is wrong: nobody who tries is told how far he has come. */
export const failed = (): Rejection =>
  new Rejection('SINGLE_SIGN_ON_FAILED', 'What came back from the issuer is of no use; please sign in anew.');
