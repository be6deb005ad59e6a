import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { InexactNumber } from './inexact-number.js';

/** An exact decimal in GraphQL: printed as a string, read from a string or a number token. Range and decimals are the field's business. */
export const DecimalScalar = new GraphQLScalarType<unknown, string>({
  name: 'Decimal',
  description:
    'An exact decimal number as text, for example "26.15". Input may be a string or a number; exponents are allowed in numbers only.',
  serialize: (value) => String(value),
  parseValue: (value) => {
    if (typeof value === 'string' || typeof value === 'number' || value instanceof InexactNumber) return value;
    throw new GraphQLError('Decimal must be a string or a number');
  },
  parseLiteral: (node) => {
    if (node.kind === Kind.STRING || node.kind === Kind.INT) return node.value;
    if (node.kind === Kind.FLOAT) return exactNumber(node.value);
    throw new GraphQLError('Decimal must be a string or a number', { nodes: node });
  },
});

/** The token's own text counts: as a number it may already be rounded. */
function exactNumber(token: string): unknown {
  if (!/e/i.test(token)) return token;
  const number = Number(token);
  const digits = token.replace(/e.*$/i, '').replace(/\D/g, '').replace(/^0+/, '');
  return digits.length > 15 || !Number.isFinite(number) ? new InexactNumber(token) : number;
}
