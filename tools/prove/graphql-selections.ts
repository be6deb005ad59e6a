import { getNamedType, isLeafType, isObjectType, isRequiredArgument, type GraphQLField, type GraphQLObjectType } from 'graphql';

const fieldsOf = (type: GraphQLObjectType): readonly GraphQLField<unknown, unknown>[] =>
  Object.values(type.getFields()).filter(({ args }) => !args.some(isRequiredArgument));
const leavesOf = (type: GraphQLObjectType): string =>
  ['__typename', ...fieldsOf(type).flatMap(({ name, type: of }) => (isLeafType(getNamedType(of)) ? [name] : []))].join(' ');

/** Its leaves, and each object below it with what lies one step beyond. */
export function firstSteps(type: GraphQLObjectType): string[] {
  const beyond = fieldsOf(type).flatMap(({ name, args, type: of }) => {
    const inner = getNamedType(of);
    if (!isObjectType(inner)) return [];
    const few = args.some((argument) => argument.name === 'first') ? `${name}(first: 3)` : name;
    if (inner.name.endsWith('Connection')) {
      const nodes = inner.getFields()['nodes'];
      const node = nodes && getNamedType(nodes.type);
      return isObjectType(node) ? [`${few} { nodes { ${withNeighbours(node)} } }`] : [];
    }
    return name === 'nodes' ? firstSteps(inner).map((selection) => `nodes { ${selection} }`) : [`${few} { ${withNeighbours(inner)} }`];
  });
  return [leavesOf(type), ...beyond];
}

function withNeighbours(type: GraphQLObjectType): string {
  const beyond = fieldsOf(type).flatMap(({ name, type: of }) => {
    const inner = getNamedType(of);
    return isObjectType(inner) && !inner.name.endsWith('Connection') ? [`${name} { ${leavesOf(inner)} }`] : [];
  });
  return [leavesOf(type), ...beyond].join(' ');
}
