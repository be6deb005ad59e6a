import { defineRecord, Name } from '#millwright/resources';

class AssetTypeFields {
  @Name({ required: true, example: 'HVAC' }) name!: string;
}

export const assetTypes = defineRecord({ name: 'asset_type', plural: 'asset_types', fields: AssetTypeFields, scope: 'customer' });
