import type { Row } from '#millwright/event-sourcing';
import { References } from '#millwright/fields';
import { procedure, proceduresOfOrders } from './procedure.shown.js';

/** What an order shows of a procedure; `read.procedures` has the rest. */
export type ProcedureSummary = Readonly<{ id: number; name: string; procedure_template_id: number; completed_at: string | null }>;

const summary = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    name: { type: 'string' },
    procedure_template_id: { type: 'integer' },
    completed_at: { type: 'string', format: 'date-time', nullable: true },
  },
};

/** In one order of keys, whether it was just decided or read: a jsonb column has its own. */
const printed = ({ id, name, procedure_template_id, completed_at }: ProcedureSummary): ProcedureSummary => ({
  id,
  name,
  procedure_template_id,
  completed_at,
});

/** The templates that an order follows; what is shown are its copies of them. Codes: as `References`, and not_unique for one that is named twice. */
export const ProcedureTemplateIds = (): PropertyDecorator =>
  References('procedure_template', {
    description:
      'The procedure templates that it follows: their items are copied as they are then. The procedures of those that stay are kept.',
    max: 100,
    repeats: 'refused',
    shown: {
      printed: {
        name: 'procedures',
        openApi: { type: 'array', items: summary },
        only: 'full',
        print: ({ procedures }) => ((procedures ?? []) as readonly ProcedureSummary[]).map(printed),
      },
      output: {
        name: 'procedures',
        type: () => [procedure.type],
        nullable: false,
        description: 'Its copies of the procedure templates that it follows, with what was answered.',
        resolve: ({ id }: Row, related) => related.load(proceduresOfOrders, Number(id)),
      },
    },
  });
