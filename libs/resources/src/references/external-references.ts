import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { currentContext, Rejection, type Migration } from '#millwright/event-sourcing';

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
];

/** A reference within its resource and site (`entityId` null: the whole customer). */
export type ReferenceKey = Readonly<{ resource: string; customerId: number; entityId: number | null; reference: string }>;

/** The key of a reference in the site that the command is for. */
export function referenceKey(resource: string, reference: string, scope: 'entity' | 'customer' = 'entity'): ReferenceKey {
  const { customerId, entityId } = currentContext();
  return { resource, customerId, entityId: scope === 'entity' ? entityId : null, reference };
}

/** How long a claim without a record is left alone where it cannot simply be joined. Far longer than any request may take. */
const abandonedAfterSeconds = 60;

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
    if (held === undefined || held === key.reference) return claimed;
    await this.claim(key, proposedId, async (holder) => (await referenceOf(holder)) === key.reference);
    return proposedId;
  }

  /**
   * The id that a reference stands for: the proposed one, or the one that an earlier claim fixed (its record may exist or not).
   * Claims are never given back: one whose record carries another reference by now is free to be taken (`claim`).
   */
  async idFor(key: ReferenceKey, proposedId: number): Promise<number> {
    const { rows } = await this.pool.query<{ id: string }>(
      `INSERT INTO app.external_references AS claim (customer_id, entity_id, resource, reference, id) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (customer_id, entity_id, resource, reference)
       DO UPDATE SET claimed_at = CASE WHEN claim.id = excluded.id THEN now() ELSE claim.claimed_at END RETURNING id`,
      [...columnsOf(key), proposedId],
    );
    return Number(rows[0]?.id ?? proposedId);
  }

  /**
   * Claims a reference for a record that exists already (it changes its reference), or for one that cannot share an id.
   * @param isHeld whether the record with that id exists and carries this reference
   * @throws Rejection DUPLICATE_REFERENCE (with `id`), CONFLICT while another request is about to use it
   */
  async claim(key: ReferenceKey, id: number, isHeld: (holder: number) => Promise<boolean>): Promise<void> {
    const holder = await this.idFor(key, id);
    if (holder === id) return;
    if (await isHeld(holder)) throw duplicateReference(key, holder);
    const { rowCount } = await this.pool.query(
      `UPDATE app.external_references SET id = $5, claimed_at = now()
       WHERE customer_id = $1 AND entity_id = $2 AND resource = $3 AND reference = $4 AND id = $6 AND claimed_at < now() - make_interval(secs => $7)`,
      [...columnsOf(key), id, holder, abandonedAfterSeconds],
    );
    if (rowCount === 0)
      throw new Rejection('CONFLICT', 'Another request is using this external_reference at the moment; please try again.');
  }
}

export const duplicateReference = ({ resource, reference }: ReferenceKey, id: number): Rejection =>
  new Rejection(
    'DUPLICATE_REFERENCE',
    `Another ${resource.replaceAll('_', ' ')} has this external_reference.`,
    [
      {
        field: `${resource}.external_reference`,
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
