import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { actorOf, currentScope, IdempotencyKeys, userIdOf, type ToldInAnswers } from '#millwright/access';
import type { BulkRead } from '#millwright/fields';
import { PersonalValues } from '#millwright/resources';
import type { Signature } from '../domain/procedure.events.js';

/** What signatures are called among personal values, where their procedure's id is that of their record. */
export const signatureKind = 'procedure_signature';

/** A signature under which no name is kept. */
const nobodys = '00000000-0000-0000-0000-000000000000';

/** Keeps the names of those who sign, outside the events, where they can be erased. */
@Injectable()
export class Signatures {
  constructor(
    private readonly values: PersonalValues,
    private readonly keys: IdempotencyKeys,
  ) {}

  /**
   * To be called before an event names the signature. The salt lies beside the name and goes with it, and so does whose it is: by that it is found
   * when he is erased, whatever became of the answer.
   */
  async keep(procedureId: number, name: string): Promise<Signature> {
    const [signature, salt] = [randomUUID(), randomBytes(16).toString('hex')];
    await this.values.write(signatureKind, procedureId, signature, { name, salt, signed_by: userIdOf(actorOf(currentScope().principal)) });
    return { signature, sha256: createHash('sha256').update(salt).update(name).digest('hex') };
  }

  /** Who has signed; null where the name was erased. */
  async nameOf(procedureId: number, { signature }: Signature): Promise<string | null> {
    const { name } = await this.values.read(signatureKind, procedureId, signature);
    return typeof name === 'string' ? name : null;
  }

  /** Forgets one that no event came to name. */
  forget(procedureId: number, { signature }: Signature): Promise<void> {
    return this.values.forget(signatureKind, procedureId, signature);
  }

  /**
   * Has the name of one that was taken back, or given anew, be told by no repeat any more; the answers that are kept for them are looked through when this
   * has returned. `signedAt` is when it was given.
   */
  async takeBack(procedureId: number, signature: Signature, signedAt: string): Promise<void> {
    const told = await signatureTold(this.values, procedureId, signature, signedAt);
    if (told) this.keys.tellNoMore(told);
  }
}

/** What kept answers tell of a signature; undefined where its name is gone. */
export async function signatureTold(
  values: PersonalValues,
  procedureId: number,
  { signature }: Signature,
  signedAt: string,
): Promise<ToldInAnswers | undefined> {
  const { name } = await values.read(signatureKind, procedureId, signature);
  if (typeof name !== 'string') return undefined;
  const at = `"signed_at":"${signedAt}"`;
  // An answer over GraphQL is kept as the record is, and finds the name by this when it is given again.
  const named = `"signature":"${signature}"`;
  const told = [
    { kind: '"signed_at":', said: `"name":${JSON.stringify(name)},${at}`, instead: `"name":null,${at}` },
    { kind: '"signature":', said: named, instead: `"signature":"${nobodys}"` },
  ];
  return { told, made: signedAt };
}

/** A signature of a procedure, as a key of `signatories`. */
export const signatureKey = (procedureId: number, { signature }: Signature): string => `${procedureId} ${signature}`;

/** Who signed, in one statement for all that an answer shows; null where the name was erased. */
export const signatories: BulkRead<string, string | null> = {
  async read(keys, database) {
    const sought = keys.map((key) => key.split(' '));
    const found = await database.query<{ id: string; version: string; name: string | null }[]>(
      `SELECT id, version, details->>'name' AS name FROM app.people WHERE kind = $1 AND id = ANY($2::bigint[]) AND version = ANY($3::uuid[])`,
      [signatureKind, sought.map(([id]) => id), sought.map(([, version]) => version)],
    );
    const names = new Map(found.map(({ id, version, name }) => [`${id} ${version}`, name]));
    return keys.map((key) => names.get(key) ?? null);
  },
};
