import {
  defineChoices,
  defineRecord,
  Integer,
  Money,
  NotYet,
  PlainDate,
  QrCode,
  Reference,
  References,
  Name,
  Text,
  type QrCodeAttributes,
} from '#millwright/resources';

const assetStatuses = defineChoices('AssetStatus', 'Whether an asset is running.', {
  online: 'It is running, or could be.',
  offline: 'It is down.',
});

class AssetFields {
  @Name({ required: true, example: 'Air Purifier' }) name!: string;
  @Text({ example: 'AST-001' }) asset_code?: string | null;
  @Text({ max: 10_000, example: 'Machine used to purify the air in a shop' }) description?: string | null;
  @Text({ example: 'Dyson Pure Cool Link Tower' }) model?: string | null;
  @Text({ example: 'Dyson' }) manufacturer?: string | null;
  @Text({ example: 'H8tG5nWp' }) serial_number?: string | null;
  @PlainDate({ example: '2023-08-24' }) purchase_date?: string | null;
  @PlainDate({ example: '2026-08-24' }) warranty_exp_date?: string | null;
  @Integer({ description: 'Days before the warranty ends.', example: 30 }) warranty_expiration_notification?: number | null;
  @Integer({ description: 'Months.', example: 36 }) life_expectancy?: number | null;
  @Money({ example: 549.99 }) purchase_cost?: string | null;
  @Money({ example: 599.99 }) replacement_cost?: string | null;
  @Money({ example: 150 }) salvage_value?: string | null;
  @Reference('location') location_id?: number | null;
  @Reference('asset') parent_id?: number | null;
  @References('asset_type') asset_types_ids?: number[] | null;
  @References('user') technicians_ids?: number[] | null;
  @References('part') parts_ids?: number[] | null;
  @NotYet() vendors_ids?: unknown[] | null;
  @QrCode() qr_code_attributes?: QrCodeAttributes | null;
}

/** What is maintained: a machine, a vehicle, a building's equipment; assets may be parts of other assets. */
export const assets = defineRecord({
  name: 'asset',
  plural: 'assets',
  fields: AssetFields,
  scope: 'entity',
  tree: true,
  attachments: true,
  people: 'records',
  inherent: {
    status: {
      column: 'text',
      initial: 'online',
      openApi: { type: 'string', enum: [...assetStatuses.words] },
      choices: assetStatuses,
      graphql: () => assetStatuses.graphql,
    },
  },
  sparse: ['root_id', 'path', 'has_children'],
  search: ['name', 'description', 'asset_code', 'model', 'manufacturer', 'serial_number'],
});
