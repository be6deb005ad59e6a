import { categoryOf, idOf, type Event, type Projection, type RecordedEvent, type TableDefinition } from '#millwright/event-sourcing';

type Referring = { partId?: number; workOrderId?: number };

/**
 * A site's own events are its own, wherever they were asked for: who changes its time zone, or gives somebody a role there, is read there. Events of no
 * site (the customer itself) count under site 0.
 */
function siteOf({ stream, metadata, data }: RecordedEvent): number {
  const category = categoryOf(stream);
  if (category === 'entity') return idOf(stream);
  return (category === 'access' ? (data as { entityId?: number }).entityId : undefined) ?? metadata.entity_id ?? 0;
}

function subjectsOf(event: RecordedEvent): { partId: number | null; workOrderId: number | null } {
  const data = event.data as Referring;
  const category = categoryOf(event.stream);
  return {
    partId: (category === 'part' ? idOf(event.stream) : data.partId) ?? null,
    workOrderId: (category === 'workOrder' ? idOf(event.stream) : data.workOrderId) ?? null,
  };
}

export const auditEventTable: TableDefinition = {
  name: 'audit_events',
  columns: {
    position: 'numeric',
    customer_id: 'bigint',
    entity_id: 'bigint',
    sequence: 'bigint',
    event_id: 'uuid',
    stream: 'text',
    revision: 'bigint',
    type: 'text',
    recorded_at: 'timestamptz',
    effective_at: 'text',
    actor_kind: 'text',
    actor_id: 'text',
    credential_kind: 'text',
    credential_id: 'text',
    part_id: 'bigint',
    work_order_id: 'bigint',
    correlation_id: 'text',
    causation_id: 'text',
    request_id: 'text',
    data: 'text',
  },
  key: ['position'],
  indexes: [
    ['entity_id', 'position'],
    ['stream', 'revision'],
    ['part_id', 'position'],
    ['work_order_id', 'position'],
  ],
  appendOnly: true,
};

/**
 * Every event, as auditors read it: one row an event, with a `sequence` that counts without gap in each site, in log order.
 * `data` keeps the JSON text of the event, so that nothing is reordered or reformatted on its way through the table.
 */
export const auditTrailProjection: Projection<Event> = {
  name: 'audit-trail',
  version: 2,
  tables: [auditEventTable, { name: 'audit_sequences', columns: { entity_id: 'bigint', last_sequence: 'bigint' }, key: ['entity_id'] }],
  keys: (event) => [['audit_sequences', { entity_id: siteOf(event) }]],
  apply(event, rows) {
    // What is in the log, also where the rest of the house reads it in a newer version.
    const { type, data, metadata } = event.stored ?? event;
    const entity_id = siteOf(event);
    const { partId, workOrderId } = subjectsOf(event);
    const sequence = Number(rows.get('audit_sequences', { entity_id })?.['last_sequence'] ?? 0) + 1;
    rows.put('audit_sequences', { entity_id, last_sequence: sequence });
    rows.add('audit_events', {
      position: event.position.toString(),
      customer_id: metadata.customer_id,
      entity_id,
      sequence,
      event_id: event.id,
      stream: event.stream,
      revision: event.revision,
      type,
      recorded_at: metadata.recorded_at,
      effective_at: metadata.effective_at,
      actor_kind: metadata.actor.kind,
      actor_id: metadata.actor.id,
      credential_kind: metadata.credential?.kind ?? null,
      credential_id: metadata.credential?.id ?? null,
      part_id: partId,
      work_order_id: workOrderId,
      correlation_id: metadata.$correlationId,
      causation_id: metadata.$causationId,
      request_id: metadata.request_id,
      data: JSON.stringify(data),
    });
  },
};
