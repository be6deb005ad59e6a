import { defineRecord, Text } from '#millwright/resources';

class AssetTypeFields {
  @Text({ required: true, example: 'HVAC' }) name!: string;
}

export const assetTypes = defineRecord({ name: 'asset_type', plural: 'asset_types', fields: AssetTypeFields, scope: 'customer' });
