import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { mayReadAt } from '#millwright/access';
import type { Row } from '#millwright/event-sourcing';
import { instantText } from '#millwright/fields';
import { PersonalTraces } from '#millwright/people';
import { workOrders } from '../work-order.resource.js';
import { signatureKind } from './signatures.js';

type GivenSignature = Readonly<{ procedure_id: string; work_order_id: string; entity_id: string; name: string; signed_at: Date }>;

/** What a person has signed, also where another answer has taken its place. Those that were kept without saying whose they are, the read model knows. */
const given = `person.kind = '${signatureKind}' AND (person.details->>'signed_by' = $1 OR NOT person.details ? 'signed_by' AND EXISTS (
  SELECT FROM read.procedure_answers_history given
  WHERE given.procedure_id = person.id AND given.answer->'value'->>'signature' = person.version::text
    AND given.answer->'answeredBy' @> jsonb_build_object('kind', 'user', 'id', $1::text)))`;

/** The names that people sign with: they go with whoever gave them, and the answers stay. */
@Injectable()
export class SignatureTraces implements OnModuleInit {
  constructor(
    private readonly traces: PersonalTraces,
    private readonly database: DataSource,
  ) {}

  onModuleInit(): void {
    this.traces.register({
      find: { signatures: ({ id }) => this.signaturesOf(id) },
      names: {
        of: async ({ id }) => {
          const signed = await this.read<{ name: string }>(`SELECT details->>'name' AS name FROM app.people person WHERE ${given}`, id);
          return { texts: signed.map(({ name }) => name), emails: [] };
        },
        erase: async ({ id }) => void (await this.read(`DELETE FROM app.people person WHERE ${given}`, id)),
      },
    });
  }

  private async signaturesOf(userId: number): Promise<Row[]> {
    const rows = await this.read<GivenSignature>(
      `SELECT person.id AS procedure_id, place.work_order_id, place.entity_id, person.details->>'name' AS name, person.written_at AS signed_at
       FROM app.people person CROSS JOIN LATERAL (
         SELECT work_order_id, entity_id FROM read.procedures_history procedure WHERE procedure.id = person.id LIMIT 1) place
       WHERE ${given} ORDER BY person.id, person.written_at, person.version`,
      userId,
    );
    const seen = rows.filter(({ entity_id }) => mayReadAt(Number(entity_id), workOrders.scopes.reads));
    return seen.map(({ procedure_id, work_order_id, entity_id, name, signed_at }) => ({
      procedure_id: Number(procedure_id),
      work_order_id: Number(work_order_id),
      entity_id: Number(entity_id),
      name,
      signed_at: instantText(signed_at.toISOString()),
    }));
  }

  private read<Found>(sql: string, userId: number): Promise<Found[]> {
    return this.database.query<Found[]>(sql, [String(userId)]);
  }
}
