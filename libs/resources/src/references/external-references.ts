import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { appendedNothing, currentContext, Rejection, type Migration } from '#millwright/event-sourcing';
import { canonicalText } from '#millwright/fields';

export const externalReferenceMigrations: readonly Migration[] = [
  {
    name: '0001-external-references',
    sql: `
create table app.external_references (
  customer_id bigint not null,
  -- 0 for what belongs to the whole customer
  entity_id bigint not null,
  resource text not null,
  reference text not null,
  id bigint not null,
  claimed_at timestamptz not null default now(),
  primary key (customer_id, entity_id, resource, reference)
);
comment on table app.external_references is 'Which id a reference stands for. Claimed before the append, so the log decides whether the record came to exist.';
`,
  },
  {
    // References are compared in canonical form; those that were claimed before are known under it, too, the oldest first.
    name: '0002-canonical-references',
    sql: String.raw`
insert into app.external_references (customer_id, entity_id, resource, reference, id, claimed_at)
select customer_id, entity_id, resource, canonical, id, claimed_at
from app.external_references, normalize(regexp_replace(reference, '^\s+|\s+$', '', 'g'), NFC) canonical
where reference <> canonical
order by claimed_at
on conflict do nothing;
`,
  },
];

/** A reference within its resource and site (`entityId` null: the whole customer). */
export type ReferenceKey = Readonly<{
  resource: string;
  customerId: number;
  entityId: number | null;
  reference: string;
  /** What the field of a refusal stands under, where that is not the resource. */
  root?: string;
  /** Its claim is gone with it: of what a person is known by, nothing is to stay behind. No creation joins such a claim (`idToCreate`). */
  passing?: boolean;
}>;

/** The key of a reference in the site that the command is for. */
export function referenceKey(resource: string, reference: string, scope: 'entity' | 'customer' = 'entity'): ReferenceKey {
  const { customerId, entityId } = currentContext();
  return { resource, customerId, entityId: scope === 'entity' ? entityId : null, reference: canonicalText(reference) };
}

/** Whether what a record carries is the reference of a key. Old events carry references as they came. */
export const isReference = (carried: string | null | undefined, reference: string): boolean =>
  carried != null && canonicalText(carried) === reference;

/** A record on its way from one reference to another. */
export type ReferenceMove = Readonly<{
  id: number;
  /** What it carries so far, and is to carry; left out: none. */
  from?: ReferenceKey;
  to?: ReferenceKey;
  /** Whether the record with that id exists and carries the reference. May throw a better refusal. */
  holds(holder: number, reference: string): Promise<boolean>;
  /** What is said where another record holds it; left out, DUPLICATE_REFERENCE. */
  refused?(key: ReferenceKey, holder: number): Rejection;
}>;

type Claim = Readonly<{ key: ReferenceKey; id: number; claimedAt: string; isNew: boolean }>;

/** How long a claim that nobody let go of is left alone where it cannot simply be joined. Far longer than any request may take. */
const abandonedAfterSeconds = 60;
/** How long a request waits to hear what became of another one's claim, and how often it looks, in milliseconds. */
const longestWaitMs = 1_500;
const lookAgainMs = 25;

/**
 * Makes references unique. A claim fixes the id a reference stands for, for ever and whoever crashes: a second creation joins the claim and registers under
 * the *same* id, so both meet on one stream and the log's optimistic concurrency lets exactly one through.
 */
@Injectable()
export class ExternalReferences {
  constructor(private readonly pool: Pool) {}

  /**
   * The id to create a record under: that of the reference's claim or, where the claim's record carries another reference by now, the proposed one.
   * @param referenceOf the reference of the record with that id; undefined where there is none
   * @throws Rejection DUPLICATE_REFERENCE, CONFLICT as `claim`
   */
  async idToCreate(
    key: ReferenceKey,
    proposedId: number,
    referenceOf: (id: number) => Promise<string | null | undefined>,
  ): Promise<number> {
    const claimed = await this.idFor(key, proposedId);
    const held = claimed === proposedId ? undefined : await referenceOf(claimed);
    if (held === undefined || isReference(held, key.reference)) return claimed;
    await leaveRepeatsAlone();
    await this.claim(key, proposedId, async (holder) => isReference(await referenceOf(holder), key.reference));
    return proposedId;
  }

  /**
   * The id that a reference stands for: the proposed one, or the one that an earlier claim fixed (its record may exist or not).
   * Claims are never given back: one whose record carries another reference by now is free to be taken (`claim`).
   */
  async idFor(key: ReferenceKey, proposedId: number): Promise<number> {
    return (await this.firstClaim(key, proposedId)).id;
  }

  /** The claim there is: the proposed one where there was none. */
  private async firstClaim(key: ReferenceKey, proposedId: number): Promise<Claim> {
    const { rows } = await this.pool.query<{ id: string; claimed_at: string; is_new: boolean }>(
      `INSERT INTO app.external_references AS claim (customer_id, entity_id, resource, reference, id) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (customer_id, entity_id, resource, reference)
       DO UPDATE SET claimed_at = CASE WHEN claim.id = excluded.id THEN now() ELSE claim.claimed_at END
       RETURNING id, claimed_at::text, xmax = 0 AS is_new`,
      [...columnsOf(key), proposedId],
    );
    const [row] = rows;
    if (!row) throw new Error('a claim of an external reference was neither made nor found');
    return { key, id: Number(row.id), claimedAt: row.claimed_at, isNew: row.is_new };
  }

  /**
   * Has `work` give a record another reference, or take its own away: claims the new one before, and lets go afterwards of what no event came to carry,
   * so that whoever asks for it next gets it at once.
   * @throws Rejection DUPLICATE_REFERENCE (with `id`), CONFLICT while another request is about to use it, and what `work` throws
   */
  async move<T>(move: ReferenceMove | undefined, work: () => Promise<T>): Promise<T> {
    if (!move) return work();
    const { id, from, to, holds, refused } = move;
    if (to) await leaveRepeatsAlone();
    const left = from && (await this.claimOf(from, id));
    const taken = to && (await this.claim(to, id, (holder) => holds(holder, to.reference), refused));
    try {
      const done = await work();
      if (left && !(await holds(id, left.key.reference))) await this.letGo(left);
      return done;
    } catch (failure) {
      // An outcome that is unknown may yet turn out to carry it; and a claim that was there before may be another request's.
      if (taken?.isNew === true && appendedNothing(failure)) await this.letGo(taken);
      throw failure;
    }
  }

  /**
   * Claims a reference for a record that exists already (it changes its reference), or for one that cannot share an id.
   * @param isHeld whether the record with that id exists and carries this reference
   * @throws Rejection DUPLICATE_REFERENCE (with `id`), CONFLICT while another request is about to use it
   */
  async claim(
    key: ReferenceKey,
    id: number,
    isHeld: (holder: number) => Promise<boolean>,
    refused: NonNullable<ReferenceMove['refused']> = duplicateReference,
  ): Promise<Claim> {
    for (const until = Date.now() + longestWaitMs; ; await pause(lookAgainMs)) {
      const claim = await this.firstClaim(key, id);
      if (claim.id === id) return claim;
      if (await isHeld(claim.id)) throw refused(key, claim.id);
      const taken = await this.takeOver(key, id, claim.id);
      if (taken) return taken;
      // Whoever claimed it is about to use it, or to be refused: which of the two decides what is answered here.
      if (Date.now() > until) throw new Rejection('CONFLICT', 'Another request is using this value at the moment; please try again.');
    }
  }

  /** Has everything vanish that one record of a kind is known by; others may be known by it at once. */
  async erase(resource: string, id: number): Promise<void> {
    await this.pool.query(`DELETE FROM app.external_references WHERE id = $2 AND (resource = $1 OR starts_with(resource, $1 || '.'))`, [
      resource,
      id,
    ]);
  }

  /** Takes a claim that nobody uses. */
  private async takeOver(key: ReferenceKey, id: number, holder: number): Promise<Claim | undefined> {
    const { rows } = await this.pool.query<{ claimed_at: string }>(
      `UPDATE app.external_references SET id = $5, claimed_at = now()
       WHERE ${isKey} AND id = $6 AND claimed_at < now() - make_interval(secs => $7) RETURNING claimed_at::text`,
      [...columnsOf(key), id, holder, abandonedAfterSeconds],
    );
    const [taken] = rows;
    return taken && { key, id, claimedAt: taken.claimed_at, isNew: true };
  }

  private async claimOf(key: ReferenceKey, id: number): Promise<Claim | undefined> {
    const { rows } = await this.pool.query<{ claimed_at: string }>(
      `SELECT claimed_at::text FROM app.external_references WHERE ${isKey} AND id = $5`,
      [...columnsOf(key), id],
    );
    return rows[0] && { key, id, claimedAt: rows[0].claimed_at, isNew: false };
  }

  /** Leaves the row, for a claim is never given back, but so old that anybody may take it over. One that was claimed again meanwhile stays as it is. */
  private async letGo({ key, id, claimedAt }: Claim): Promise<void> {
    const left = key.passing ? 'DELETE FROM app.external_references' : "UPDATE app.external_references SET claimed_at = '-infinity'";
    await this.pool.query(`${left} WHERE ${isKey} AND id = $5 AND claimed_at = $6::timestamptz`, [...columnsOf(key), id, claimedAt]);
  }
}

/** A request whose key is known must not claim a reference again, which its record may have left since: others ask for it. @throws KeyKnown */
const leaveRepeatsAlone = async (): Promise<void> => currentContext().idempotency?.begin();

const isKey = 'customer_id = $1 AND entity_id = $2 AND resource = $3 AND reference = $4';

export const duplicateReference = ({ resource, reference, root = resource }: ReferenceKey, id: number): Rejection =>
  new Rejection(
    'DUPLICATE_REFERENCE',
    `Another ${resource.replaceAll('_', ' ')} has this external reference.`,
    [
      {
        field: `${root}.external_reference`,
        code: 'not_unique',
        message: `"${reference.slice(0, 100)}" is the reference of ${resource.replaceAll('_', ' ')} ${id}`,
      },
    ],
    { id },
  );

const columnsOf = ({ customerId, entityId, resource, reference }: ReferenceKey): unknown[] => [
  customerId,
  entityId ?? 0,
  resource,
  reference,
];
