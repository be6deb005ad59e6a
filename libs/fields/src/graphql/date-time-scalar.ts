import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { instantText } from '../instants.js';

/** An instant. Input is judged by the field, so that REST and GraphQL refuse with the same codes. */
export const DateTimeScalar = new GraphQLScalarType<unknown, string>({
  name: 'DateTime',
  description:
    'An instant as ISO 8601 text with an offset, for example "2026-01-31T08:00:00Z"; seconds may be left out. Output is RFC 3339 in UTC.',
  serialize: (value) => instantText(value as string | Date),
  parseValue: (value) => value,
  parseLiteral: (node) => {
    if (node.kind === Kind.STRING) return node.value;
    throw new GraphQLError('DateTime must be a string', { nodes: node });
  },
});
