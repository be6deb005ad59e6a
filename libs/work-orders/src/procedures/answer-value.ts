import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { camelCase, inputField, shownField, type FieldKind, type FieldOptions, type ShownOptions } from '#millwright/fields';
import { InexactNumber, PrintedDecimal } from '#millwright/quantities';

type Variables = Readonly<Record<string, unknown>> | null | undefined;

/** The token's own text counts: as a number it may already be rounded. */
function exactNumber(token: string): unknown {
  const digits = token.replace(/e.*$/i, '').replace(/\D/g, '').replace(/^0+/, '');
  const number = Number(token);
  return digits.length > 15 || !Number.isFinite(number) ? new InexactNumber(token) : number;
}

function valueOf(node: ValueNode, variables: Variables): unknown {
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.INT:
    case Kind.FLOAT:
      return exactNumber(node.value);
    case Kind.LIST:
      return node.values.map((value) => valueOf(value, variables));
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, valueOf(value, variables)]));
    case Kind.VARIABLE:
      return variables?.[node.name.value];
    case Kind.ENUM:
      throw new GraphQLError('AnswerValue must be text in quotes, a number, true or false, a list or an object', { nodes: node });
  }
}

function shownValue(value: unknown): unknown {
  if (value instanceof PrintedDecimal) return value.text;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [camelCase(name), inside]));
}

/** What an item of a procedure is answered with; which form it has follows from the item. */
const AnswerValueScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'AnswerValue',
  description:
    'An answer: text, a number (shown as text, exactly), true or false, a list of choices, a day like "2026-01-31", or { name } of whoever signs (shown with signedAt, with which it is sent back). What an item takes follows from its type; null is no answer.',
  serialize: shownValue,
  parseValue: (value) => value,
  parseLiteral: valueOf,
});

const simple = [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }, { type: 'array', items: { type: 'string' } }];
const name = { type: 'string', maxLength: 200 };
const signed = { type: 'object', properties: { name: { ...name, nullable: true }, signed_at: { type: 'string', format: 'date-time' } } };
const signing = { ...signed, required: ['name'], additionalProperties: false };

const answerValue: FieldKind = {
  column: 'jsonb',
  // What form it is to have, only its item knows (`answer-forms.ts`).
  check: () => undefined,
  graphql: () => AnswerValueScalar,
  openApi: { oneOf: [...simple, signing] },
  openApiShown: { type: Object, nullable: true, oneOf: [...simple, signed] },
};

export const AnswerValueField = (options: FieldOptions): PropertyDecorator => inputField(answerValue, options);

export const ShownAnswerValue = (options: ShownOptions): PropertyDecorator => shownField(answerValue, options);
