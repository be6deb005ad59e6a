import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentEntity, lacking, timeZoneOf } from '#millwright/access';
import { allKnown, type Row } from '#millwright/event-sourcing';
import { statementAsOf, type RawQuery } from '#millwright/lists';
import type { FieldScope } from '#millwright/fields';
import { printed, type Decimal } from '#millwright/quantities';
import { Answer, ifSeen, RelatedRecords } from '#millwright/resources';
import { withEvents } from './explained-events.js';
import {
  amountsSeenWith,
  explanationOf,
  keyOf,
  laborQueryOf,
  reportOf,
  type LaborQuery,
  type LaborGrouping,
} from './labor-report-statements.js';
import { laborExplanationLine } from './labor-report.shown.js';

type Figures = Readonly<{ regular: Decimal; overtime1: Decimal; overtime2: Decimal; total: Decimal; amount: Decimal }>;
type ReportRow = Figures & Readonly<{ key: string | null; label: string | null }>;
type LineRow = Readonly<{
  key: string | null;
  work_order_id: string;
  rate_type: string;
  hours: Decimal;
  amount: Decimal;
  note: string | null;
  position: string;
}>;

/** A row of the report, or all of it, with exact decimals. */
export type LaborFigures = Readonly<{ hours: Omit<Figures, 'amount'>; amount: Decimal }>;
export type LaborReportRow = LaborFigures & Readonly<{ key: string | number | null; label: string; groupBy: LaborGrouping }>;

/** Who worked how long, and what was posted for it. Hours are split by the days of the site, money stays whole on the day of its posting (S20, S80). */
@Injectable()
export class LaborReport {
  constructor(
    private readonly database: DataSource,
    private readonly related: RelatedRecords,
  ) {}

  /** @throws Rejection VALIDATION_FAILED for parameters that are not understood */
  async rows(raw: RawQuery): Promise<Readonly<{ rows: readonly LaborReportRow[]; total: LaborFigures; query: LaborQuery }>> {
    const query = laborQueryOf(raw);
    const found = await this.database.query<ReportRow[]>(...statementAsOf(reportOf(query.groupBy), parametersOf(query)));
    const [sums] = found.slice(-1);
    const { groupBy } = query;
    const rows = found
      .slice(0, -1)
      .map((row) => ({ key: keyOf(groupBy, row.key), label: row.label ?? 'none', groupBy, ...figuresOf(row) }));
    const none: Figures = { regular: '0', overtime1: '0', overtime2: '0', total: '0', amount: '0' };
    return { rows, total: figuresOf(sums ?? none), query };
  }

  /** Rows `{key, label, hours {regular, overtime1, overtime2, total}, amount}`, and `meta.total`. @throws Rejection VALIDATION_FAILED */
  async answer(raw: RawQuery): Promise<Answer> {
    const { rows, total, query } = await this.rows(raw);
    const { from, to } = query;
    const meta = { total: printedFigures(total), group_by: query.groupBy, from, to, currency: currentEntity().currency };
    return new Answer(
      rows.map(({ key, label, groupBy, ...figures }) => ({ key, label, ...printedFigures(figures, amountsSeenWith(groupBy)) })),
      { meta },
    );
  }

  /** Each entry with what it adds to each row. @throws Rejection VALIDATION_FAILED */
  async lines(raw: RawQuery): Promise<readonly Row[]> {
    const query = laborQueryOf(raw);
    const found = await this.database.query<LineRow[]>(...statementAsOf(explanationOf(query.groupBy), parametersOf(query)));
    const lines = found.map(({ key, work_order_id, rate_type, hours, amount, note, position }): Row => {
      const explanation = `${hours} hours of ${rate_type} work on order ${work_order_id}${note === null ? '' : ` (${note})`}, ${lacking()?.('rates:read') ? 'for which an amount' : `for which ${amount}`} was posted.`;
      return {
        kind: 'labor',
        explanation,
        key: shownKey(query.groupBy, key),
        work_order_id: Number(work_order_id),
        rate_type,
        hours,
        amount,
        position,
      };
    });
    return withEvents(this.database, lines);
  }

  /** @throws Rejection VALIDATION_FAILED */
  async explain(raw: RawQuery): Promise<Answer> {
    const lines = await this.lines(raw);
    return new Answer(await allKnown(lines.map((line) => laborExplanationLine.print(line, this.related))));
  }
}

const parametersOf = ({ from, to }: LaborQuery): unknown[] => {
  const entity = currentEntity();
  return [entity.id, timeZoneOf(entity), from, to];
};

/** A key is a text where a line has it: GraphQL knows one type only. */
const shownKey = (groupBy: LaborGrouping, key: string | null): string | null => {
  const shown = keyOf(groupBy, key);
  return shown === null ? null : String(shown);
};

const figuresOf = ({ regular, overtime1, overtime2, total, amount }: Figures): LaborFigures => ({
  hours: { regular, overtime1, overtime2, total },
  amount,
});

const printedFigures = ({ hours, amount }: LaborFigures, seenWith: FieldScope = 'costs:read'): object => ({
  hours: {
    regular: printed(hours.regular),
    overtime1: printed(hours.overtime1),
    overtime2: printed(hours.overtime2),
    total: printed(hours.total),
  },
  amount: ifSeen('costs:read', ifSeen(seenWith, printed(amount))),
});
