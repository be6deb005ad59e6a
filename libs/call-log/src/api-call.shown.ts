import { ApiSchema } from '@nestjs/swagger';
import { ID } from '@nestjs/graphql';
import {
  defineField,
  Shown,
  ShownFlag,
  ShownId,
  ShownInstant,
  ShownInteger,
  ShownQuantity,
  ShownText,
  type Class,
} from '#millwright/fields';
import { defineShownType } from '#millwright/resources';

const whoOrWhat = { type: 'object', nullable: true, properties: { kind: { type: 'string' }, id: { type: 'string' } } };

/** Numbers of records of whichever kind, over both edges. */
const ShownIds =
  (description: string): PropertyDecorator =>
  (target, property) => {
    const name = String(property);
    defineField(target.constructor as Class, {
      name,
      description,
      stored: { name, type: 'bigint[]', attribute: 'ids' },
      printed: { name, openApi: { type: 'array', items: { type: 'integer' }, description }, print: (row) => row[name] ?? [] },
      output: { name, type: () => [ID], nullable: false, resolve: (row) => row[name] ?? [] },
    });
  };

class ApiCallFields {
  @ShownId({ always: true, description: 'Its number in the log of calls.' }) id!: number;
  @ShownText({ always: true, description: 'As in its `X-Request-Id`; the operations of a batch have that of the batch.' })
  request_id!: string;
  @ShownInstant({ always: true, description: 'When it came in, UTC.' }) at!: string;
  @ShownText({ over: 'graphql', description: 'What it was done with: api_key, client, bootstrap …; null where it brought nothing valid.' })
  credential_kind!: string | null;
  @ShownText({ over: 'graphql', description: 'Which key, client or account it was.' }) credential_id!: string | null;
  @Shown(
    { ...whoOrWhat, description: 'What it was done with; null where it brought nothing valid.' },
    ({ credential_kind, credential_id }) => (credential_kind === null ? null : { kind: credential_kind, id: credential_id }),
  )
  credential!: object | null;
  @ShownInteger({ description: 'The person or built-in user in whose name it was done.' }) user_id!: number | null;
  @ShownInteger({ description: 'The site it named and may be read in.' }) entity_id!: number | null;
  @ShownText({ description: 'An IPv4 address or the /64 of an IPv6 one; null once whose it was is erased.', example: '203.0.113.7' })
  address!: string | null;
  @ShownText({ description: 'What the program called itself; null once whose it was is erased.' }) user_agent!: string | null;
  @ShownText({ always: true, description: 'The method of HTTP.', example: 'PATCH' }) method!: string;
  @ShownText({ description: 'The pattern of the path; null for a path that nobody knows.', example: '/api/v1/parts/{id}/restock' })
  route!: string | null;
  @ShownIds(
    'The ids in the path, in their order, and those that a list is asked for by (`filter[id_eq]`, `filter[id_in]`); of a GraphQL document those that the arguments of its root fields name.',
  )
  ids!: readonly number[];
  @ShownFlag({
    always: true,
    description:
      'It named more than a line holds (100 ids of one field, 200 of a GraphQL document, 100 names): an id that is missing in `ids` and `summary` may be one of its. Lines of earlier releases always say false, though they hold no more than 50 ids of one field, 200 of a document and 100 root fields.',
  })
  ids_truncated!: boolean;
  @ShownInteger({ description: 'Null while a write is carried out, and for ever where its process ended before it was answered.' })
  status!: number | null;
  @ShownText({ description: 'The code of the error that it was answered with.', example: 'NOT_FOUND' }) code!: string | null;
  @ShownQuantity({ description: 'Milliseconds from its first byte to its answer.' }) duration_ms!: string | null;
  @ShownInteger({ description: 'Bytes of its body, as it said.' }) bytes_in!: number | null;
  @ShownInteger({ description: 'Bytes of the body of its answer; null for a stream.' }) bytes_out!: number | null;
  @ShownFlag({ always: true, description: 'It read what others have done.' }) audit!: boolean;
  @ShownText({
    over: 'graphql',
    description: 'JSON of the names of known fields, lengths of lists and integer ids that it sent; never a text.',
  })
  summary!: string | null;
  @Shown(
    {
      type: 'object',
      nullable: true,
      additionalProperties: true,
      description: 'The names of known fields, lengths of lists and integer ids that it sent; never a text.',
    },
    ({ summary }) => (summary === null ? null : (JSON.parse(summary as string) as object)),
    { as: 'summary' },
  )
  said!: object | null;
  @ShownText({ description: 'What was wrong, by known names: field and code.', example: 'part.unit_cost too_many_decimals' })
  error!: string | null;
}

export const apiCall = defineShownType('ApiCall', ApiCallFields, 'One call of the API, and what became of it.');
ApiSchema({ name: 'ApiCallRow' })(apiCall.type);
