import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';

/** An id that came as text, like every id of GraphQL, as a number; anything else as it came, for the field to judge. */
const idFrom = (value: unknown): unknown => (typeof value === 'string' && /^[1-9]\d{0,15}$/.test(value) ? Number(value) : value);

const siteIdsFrom = (value: unknown): unknown => (Array.isArray(value) ? value.map(idFrom) : value);

/** Sites by their ids or `"all"`, which no list can say. Input is judged by the field, so that REST and GraphQL refuse with the same codes. */
export const SiteIdsScalar = new GraphQLScalarType<unknown, 'all' | readonly string[]>({
  name: 'EntityIds',
  description: 'The ids of sites in a list, for example ["1", "2"], or "all": those there are and those to come.',
  serialize(value) {
    if (value === 'all') return value;
    if (Array.isArray(value)) return value.map(String);
    throw new GraphQLError('EntityIds must be a list of ids, or "all"');
  },
  parseValue: siteIdsFrom,
  parseLiteral(node, variables) {
    // A word without quotes is one of an enum's.
    if (node.kind === Kind.ENUM) throw new GraphQLError('EntityIds must be a list of ids, or "all" in quotes', { nodes: node });
    return siteIdsFrom(valueFromASTUntyped(node, variables));
  },
});
