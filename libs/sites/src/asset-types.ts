import { Name } from '#millwright/fields';
import { defineRecord } from '#millwright/resources';

class AssetTypeFields {
  @Name({ description: 'What people call the type.', required: true, example: 'HVAC' }) name!: string;
}

export const assetTypes = defineRecord({
  name: 'asset_type',
  plural: 'asset_types',
  fields: AssetTypeFields,
  description: 'A kind of asset, like HVAC or vehicle; an asset may be of several.',
  scope: 'customer',
  history: true,
});
