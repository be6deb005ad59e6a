import { isEnumType, Kind, type GraphQLEnumType, type GraphQLSchema, type ValueNode } from 'graphql';

/** Has every enum take its words in quotes and in any case as well, as clients wrote them while they were text: `eq: "COMPLETED"`. */
export function takeQuotedWords(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) if (isEnumType(type) && !type.name.startsWith('__')) takeQuotedWordsOf(type);
}

function takeQuotedWordsOf(type: GraphQLEnumType): void {
  const parseValue: (value: unknown) => unknown = type.parseValue.bind(type);
  const parseLiteral: (node: ValueNode, variables?: Record<string, unknown> | null) => unknown = type.parseLiteral.bind(type);
  const spelled = (word: string): string => type.getValues().find(({ name }) => name.toLowerCase() === word.toLowerCase())?.name ?? word;
  type.parseValue = (value): unknown => parseValue(typeof value === 'string' ? spelled(value) : value);
  type.parseLiteral = (node, variables): unknown =>
    parseLiteral(node.kind === Kind.STRING ? { kind: Kind.ENUM, value: spelled(node.value), loc: node.loc } : node, variables);
}
