import { ID } from '@nestjs/graphql';
import { shownField, type FieldKind, type ShownOptions } from '../kind.js';

const uuid: FieldKind = {
  column: 'uuid',
  check: () => undefined,
  graphql: () => ID,
  openApi: { type: 'string', format: 'uuid' },
};

/** The UUID of an event, which lists do not filter by. */
export const ShownUuid = (options: ShownOptions): PropertyDecorator => shownField(uuid, options);
