import { CommandBus, type Command } from '@nestjs/cqrs';
import { Args, Field, ID, InputType, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { DecimalScalar } from '#millwright/quantities';
import { defineField, partialClassOf, type Class, type FieldDefinition } from '../fields/index.js';
import { idFrom, idProblem } from '../fields/checks.js';
import { DateTimeScalar } from '../graphql/date-time-scalar.js';
import { connectionFrom, connectionOf, listArgumentsOf, listComplexity, listQueryOf, type ListArguments } from '../graphql/list-types.js';
import { Input, MutationOptions, Mutations } from '../graphql/mutations.js';
import { defineOutputType, RecordLabel, type OutputProperty } from '../graphql/output-types.js';
import { camelCase, pascalCase } from '../names.js';
import { knownTarget, RelatedRecords } from '../references/index.js';
import { idOfPath } from '../rest/index.js';
import { ArchiveRecord, ChangeRecord, RegisterRecord, UnarchiveRecord } from './record-commands.js';
import { storedName } from './record-columns.js';
import type { RecordDefinition } from './record-definition.js';
import { relationName } from './record-printing.js';
import { RecordReader } from './record-reader.js';
import type { WrittenRecord } from './record-writer.js';

type Identified = { id: number };

/** Which record an archive or unarchive is about. */
@InputType()
class RecordIdInput {
  @Field(() => ID) id!: number;
}

const idField: FieldDefinition = {
  name: 'id',
  kind: 'reference',
  presence: 'required',
  convert: idFrom,
  check: idProblem,
  graphql: () => ID,
  openApi: { type: 'integer' },
};
defineField(RecordIdInput, { ...idField, graphql: undefined });

/** The GraphQL edge of a kind of record: two queries, four mutations, and its relations. */
export function recordResolver(definition: RecordDefinition): Class {
  const { typeName, name, plural, fields, list } = definition;
  const Output = outputTypeOfRecord(definition);
  const Connection = connectionOf(typeName, () => Output);
  const Arguments = listArgumentsOf(typeName, list);
  InputType(`Create${typeName}Input`)(fields);
  const Update = partialClassOf(fields, `Update${typeName}Input`) as Class<Identified>;
  defineField(Update, idField);
  InputType(`Update${typeName}Input`)(Update);
  const mutation = (verb: string): string => `${verb}${pascalCase(name)}`;

  @Resolver(() => Output)
  class RecordResolver {
    constructor(
      readonly commands: CommandBus,
      readonly records: RecordReader,
      readonly mutations: Mutations,
      readonly related: RelatedRecords,
    ) {}

    @Query(() => Output, { name: camelCase(name), nullable: true })
    one(@Args('id', { type: () => ID }) id: string): Promise<Row> {
      return this.records.row(definition, idOfPath(id));
    }

    @Query(() => Connection, { name: camelCase(plural), complexity: listComplexity })
    async list(@Args({ type: () => Arguments }) list: ListArguments): Promise<object> {
      return connectionFrom(await this.records.page(definition, listQueryOf(definition.list, list)));
    }

    @Mutation(() => Output, { name: mutation('create'), nullable: true })
    create(@Input(fields) input: object, @Args({ type: () => MutationOptions }) options: MutationOptions): Promise<Row> {
      return this.run('create', input, options, new RegisterRecord(definition, input));
    }

    @Mutation(() => Output, { name: mutation('update'), nullable: true })
    update(@Input(Update) input: Identified, @Args({ type: () => MutationOptions }) options: MutationOptions): Promise<Row> {
      const { id, ...changes } = input;
      return this.run('update', input, options, new ChangeRecord(definition, id, changes));
    }

    @Mutation(() => Output, { name: mutation('archive'), nullable: true })
    archive(@Input(RecordIdInput) input: RecordIdInput, @Args({ type: () => MutationOptions }) options: MutationOptions): Promise<Row> {
      return this.run('archive', input, options, new ArchiveRecord(definition, input.id));
    }

    @Mutation(() => Output, { name: mutation('unarchive'), nullable: true })
    unarchive(@Input(RecordIdInput) input: RecordIdInput, @Args({ type: () => MutationOptions }) options: MutationOptions): Promise<Row> {
      return this.run('unarchive', input, options, new UnarchiveRecord(definition, input.id));
    }

    private run(verb: string, input: object, options: MutationOptions, command: Command<WrittenRecord>): Promise<Row> {
      return this.mutations.run(mutation(verb), input, options, () => this.commands.execute(command), name);
    }
  }
  for (const relation of relationsOf(definition)) addRelation(RecordResolver, relation);
  Object.defineProperty(RecordResolver, 'name', { value: `${typeName}Resolver` });
  return RecordResolver as unknown as Class;
}

const outputs: Readonly<Partial<Record<FieldDefinition['kind'], () => unknown>>> = {
  text: () => String,
  choice: () => String,
  date: () => String,
  integer: () => Int,
  decimal: () => DecimalScalar,
  flag: () => Boolean,
  instant: () => DateTimeScalar,
};

function outputTypeOfRecord({ typeName, inputFields, inherent = {} }: RecordDefinition): Class {
  const properties: Record<string, OutputProperty> = { id: { type: () => ID, nullable: false } };
  for (const field of inputFields) {
    const stored = storedName(field);
    const type = stored === 'qr_code' ? () => String : outputs[field.kind];
    if (stored !== undefined && type)
      properties[stored] = { type, nullable: field.presence !== 'required', description: field.description };
  }
  for (const [name, { graphql }] of Object.entries(inherent)) properties[name] = { type: graphql, nullable: true };
  return defineOutputType(typeName, {
    ...properties,
    archived: { type: () => Boolean, nullable: false },
    revision: { type: () => Int, nullable: false, description: 'For `expectedRevision`.' },
    created_at: { type: () => DateTimeScalar, nullable: false },
    updated_at: { type: () => DateTimeScalar, nullable: false },
  });
}

type Resolve = (this: { related: RelatedRecords }, row: Row) => unknown;
type Relation = Readonly<{ name: string; type: () => unknown; nullable: boolean; resolve: Resolve }>;

function relationsOf({ inputFields, computed = {}, tree, printer }: RecordDefinition): Relation[] {
  const relations: Relation[] = ['created_by', 'updated_by'].map((name) => oneRelated(name, name, 'user'));
  for (const { name, kind, target } of inputFields) {
    if (kind === 'reference' && target !== undefined) relations.push(oneRelated(relationName(name), name, target));
    if (kind === 'references' && target !== undefined) relations.push(manyRelated(relationName(name), name, target));
  }
  for (const [name, { graphql, of }] of Object.entries(computed))
    if (graphql) relations.push({ name, type: graphql, nullable: true, resolve: of });
  if (!tree) return relations;
  return [
    ...relations,
    { name: 'path', type: () => String, nullable: false, resolve(row) { return printer.path(row, this.related); } },
    { name: 'root_id', type: () => ID, nullable: false, resolve(row) { return printer.rootId(row, this.related); } },
    { name: 'has_children', type: () => Boolean, nullable: false, resolve(row) { return printer.hasChildren(row, this.related); } },
  ]; // prettier-ignore
}

const typeOfTarget = (kind: string): Class => knownTarget(kind)?.graphql?.() ?? RecordLabel;

const oneRelated = (name: string, column: string, target: string): Relation => ({
  name,
  type: () => typeOfTarget(target),
  nullable: true,
  resolve(row) {
    return this.related.row(target, row[column]);
  },
});

const manyRelated = (name: string, column: string, target: string): Relation => ({
  name,
  type: () => [typeOfTarget(target)],
  nullable: false,
  resolve(row) {
    return this.related.rowsIn(target, row[column]);
  },
});

function addRelation(resolver: { prototype: object }, { name, type, nullable, resolve }: Relation): void {
  const { prototype } = resolver;
  const method = `resolve${pascalCase(name)}`;
  Object.defineProperty(prototype, method, { value: resolve, configurable: true, writable: true });
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method);
  if (!descriptor) return;
  ResolveField(camelCase(name), type as () => StringConstructor, { nullable })(prototype, method, descriptor);
  Parent()(prototype, method, 0);
}
