import { Injectable } from '@nestjs/common';
import { roundToCurrency, printed, showValue, toValue } from '#millwright/quantities';
import { Answer, instantText, RelatedRecords, type Presenter } from '#millwright/resources';
import type { PartOutcome } from './inventory.commands.js';
import { partRow, type PartRow } from './read-models/part-row.js';

/** Shows parts as the contract prints them: in full, and as rows of a list. */
@Injectable()
export class PartPresenter implements Presenter<PartRow> {
  constructor(private readonly related: RelatedRecords) {}

  /** The answer of a write, from the decided state. */
  async written({ state, revision, position }: PartOutcome): Promise<Answer> {
    return new Answer(await this.full(partRow(state, revision)), { revision, position });
  }

  async full(row: PartRow): Promise<object> {
    const shown = await this.shown(row);
    const measurement_unit = await this.related.label('measurement_unit', row.measurement_unit_id, ['id', 'name', 'short_name']);
    return { ...shown, measurement_unit, reserved: printed(row.reserved), images: [], documents: [] };
  }

  async sparse(row: PartRow): Promise<object> {
    const measurement_unit = await this.related.label('measurement_unit', row.measurement_unit_id, ['id', 'name']);
    return { ...(await this.shown(row)), measurement_unit, image: null };
  }

  private async shown(row: PartRow): Promise<object> {
    const [part_type, storeroom, assets, created_by, updated_by] = await Promise.all([
      this.related.label('part_type', row.part_type_id, ['id', 'name']),
      this.related.label('storeroom', row.storeroom_id, ['id', 'name']),
      this.related.labels('asset', row.assets_ids, ['id', 'name']),
      this.related.label('user', row.created_by_id, ['id', 'name', 'surname']),
      this.related.label('user', row.updated_by_id, ['id', 'name', 'surname']),
    ]);
    return {
      id: row.id,
      name: row.name,
      description: row.description,
      is_non_stock: row.is_non_stock,
      number: row.number,
      area: row.area,
      lead_time: row.lead_time,
      on_hand_qty: printed(row.on_hand_qty),
      min_qty: printed(row.min_qty),
      desired_qty: printed(row.desired_qty),
      unit_cost: printed(row.unit_cost),
      avg_unit_cost: printed(row.avg_unit_cost),
      stock_value: printed(stockValueOf(row)),
      available: printed(row.available),
      part_type,
      storeroom,
      assets,
      vendors: [],
      qr_code: row.qr_code,
      external_reference: row.external_reference,
      archived: row.archived,
      created_at: instantText(row.created_at),
      updated_at: instantText(row.updated_at),
      created_by,
      updated_by,
    };
  }
}

/** The stock value as finance sees it. */
export const stockValueOf = ({ stock_value, currency }: Pick<PartRow, 'stock_value' | 'currency'>): string | null =>
  stock_value === null ? null : showValue(roundToCurrency(toValue(stock_value), currency));
