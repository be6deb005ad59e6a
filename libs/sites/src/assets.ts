import {
  defineChoices,
  Integer,
  Money,
  Name,
  PlainDate,
  QrCode,
  Reference,
  References,
  ShownOneOf,
  Text,
  type QrCodeAttributes,
} from '#millwright/fields';
import { inOrder } from '#millwright/lists';
import { defineRecord } from '#millwright/resources';
import { partsOfAsset, partsOfAssetSql } from './asset-parts.js';
import { downtimesOfAsset, openDowntime } from './domain/downtimes.js';
import { assetStatusSql } from './read-models/downtimes.js';

const assetStatuses = defineChoices('AssetStatus', 'Whether an asset is running.', {
  online: 'It is running, or could be.',
  offline: 'It is down: one of its downtimes has not ended.',
});

class AssetFields {
  @Name({ description: 'What people call it.', required: true, example: 'Air Purifier' }) name!: string;
  @Text({ description: 'Its number in your own books, as on its plate; need not be unique.', example: 'AST-001' }) asset_code?:
    string | null;
  @Text({ description: 'What it is and does, up to 10,000 characters.', max: 10_000, example: 'Machine used to purify the air in a shop' })
  description?: string | null;
  @Text({ description: "The maker's name for its kind.", example: 'Dyson Pure Cool Link Tower' }) model?: string | null;
  @Text({ description: 'Who made it.', example: 'Dyson' }) manufacturer?: string | null;
  @Text({ description: 'What its maker tells it from others of its model by.', example: 'H8tG5nWp' }) serial_number?: string | null;
  @PlainDate({ description: 'The day it was bought.', example: '2023-08-24' }) purchase_date?: string | null;
  @PlainDate({ description: 'The last day of its warranty.', example: '2026-08-24' }) warranty_exp_date?: string | null;
  @Integer({ description: 'How many days before the warranty ends it is to be told.', example: 30 }) warranty_expiration_notification?:
    number | null;
  @Integer({ description: 'How many months it is expected to last.', example: 36 }) life_expectancy?: number | null;
  @Money({ description: 'What it cost.', example: 549.99 }) purchase_cost?: string | null;
  @Money({ description: 'What another one in its place would cost.', example: 599.99 }) replacement_cost?: string | null;
  @Money({ description: 'What it is still worth at the end of its life.', example: 150 }) salvage_value?: string | null;
  @Reference('location', { description: 'The location where it stands.' }) location_id?: number | null;
  @Reference('asset', { description: 'The asset that it is a piece of.' }) parent_id?: number | null;
  @Reference('account_code', { label: ['id', 'name', 'code'], description: 'The account that its work is booked to.' }) account_code_id?:
    number | null;
  @References('asset_type', { description: 'The asset types that it belongs to.' }) asset_types_ids?: number[] | null;
  @References('user', { description: 'The users who look after it.' }) technicians_ids?: number[] | null;
  @References('part', {
    description: 'The parts that it is repaired with: the same relation as `assets_ids` of parts.',
    ownedBy: 'assets_ids',
    fromBothSides: true,
    ids: partsOfAsset,
  })
  parts_ids?: number[] | null;
  @References('vendor', {
    description: 'The vendors that work on it or supply it: the same relation as `assets_ids` of vendors.',
    demands: 'active',
    fromBothSides: true,
  })
  vendors_ids?: number[] | null;
  @QrCode() qr_code_attributes?: QrCodeAttributes | null;
}

class AssetFigures {
  @ShownOneOf(assetStatuses, { always: true, description: 'Whether it is running.', initial: 'online' }) status!: string;
}

export const assets = defineRecord({
  name: 'asset',
  plural: 'assets',
  fields: AssetFields,
  shown: AssetFigures,
  description: "What is maintained: a machine, a vehicle, a building's equipment. Assets may be pieces of other assets.",
  scope: 'entity',
  tree: { inRows: [] },
  attachments: true,
  history: true,
  // Machines name their asset by one of these.
  indexes: [
    ['entity_id', inOrder('asset_code')],
    ['entity_id', inOrder('qr_code')],
    ['entity_id', inOrder('external_reference')],
  ],
  companion: {
    category: downtimesOfAsset.category,
    columns: {
      status: { type: 'text', sql: assetStatusSql },
      linked_parts_ids: { type: 'bigint[]', sql: partsOfAssetSql, onlySought: true },
    },
    async find(id, events, upTo) {
      const { state } = await (upTo === undefined ? events.load(downtimesOfAsset, id) : events.loadUpTo(downtimesOfAsset, id, upTo));
      return { status: openDowntime(state) === undefined ? 'online' : 'offline' };
    },
  },
  attributes: { parts_ids: { type: 'ids', column: 'linked_parts_ids' } },
  people: { as: 'records' },
  search: ['name', 'description', 'asset_code', 'model', 'manufacturer', 'serial_number'],
});
