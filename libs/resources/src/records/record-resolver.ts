import { CommandBus, type Command } from '@nestjs/cqrs';
import { Args, ID, InputType, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { DecimalScalar } from '#millwright/quantities';
import { Reference, type Class, type FieldDefinition } from '../fields/index.js';
import { aSpoken, columnDescription, spoken } from '../graphql/descriptions.js';
import { DateTimeScalar } from '../instants/index.js';
import { connectionFrom, connectionOf, listArgumentsOf, listComplexity, listQueryOf, type ListArguments } from '../graphql/list-types.js';
import { Input, MutationOptions, Mutations, Options, updateInputOf } from '../graphql/mutations.js';
import { defineOutputType, type OutputProperty } from '../graphql/output-types.js';
import { addRelation, Relations, type Relation } from '../graphql/relations.js';
import { camelCase, pascalCase } from '../names.js';
import { RelatedRecords } from '../references/index.js';
import { ResourceReader } from '../resource/resource-reader.js';
import { storedName } from '../resource/stored-values.js';
import { idOfPath } from '../rest/index.js';
import { ArchiveRecord, ChangeRecord, RegisterRecord, UnarchiveRecord } from './record-commands.js';
import type { RecordDefinition } from './record-definition.js';
import type { WrittenRecord } from './record-writer.js';

@InputType({ description: 'Which record is meant.' })
class RecordIdInput {
  @Reference('record', { required: true }) id!: number;
}

/** The GraphQL edge of a kind of record: two queries, four mutations, and its relations. */
export function recordResolver(definition: RecordDefinition): Class {
  const { typeName, name, plural, fields, list } = definition;
  const Output = outputTypeOfRecord(definition);
  const Connection = connectionOf(typeName, () => Output);
  const Arguments = listArgumentsOf(typeName, list);
  InputType(`Create${typeName}Input`, { description: `What ${aSpoken(name)} begins with: a field that is left out is empty or has its default.` })(fields); // prettier-ignore
  const told = descriptionsOf(definition);
  const Update = updateInputOf(name, typeName, fields);
  const mutation = (verb: string): string => `${verb}${pascalCase(name)}`;

  @Resolver(() => Output)
  @Relations(typeName, { ...referencesOf(definition), created_by: 'user', updated_by: 'user' })
  class RecordResolver {
    constructor(
      readonly commands: CommandBus,
      readonly resources: ResourceReader,
      readonly mutations: Mutations,
      readonly related: RelatedRecords,
    ) {}

    @Query(() => Output, { name: camelCase(name), nullable: true, description: told.one })
    one(@Args('id', { type: () => ID, description: columnDescription(typeName, 'id') }) id: string): Promise<Row> {
      return this.resources.row(definition, idOfPath(id));
    }

    @Query(() => Connection, { name: camelCase(plural), complexity: listComplexity, description: told.list })
    async list(@Args({ type: () => Arguments }) list: ListArguments): Promise<object> {
      return connectionFrom(await this.resources.page(definition, listQueryOf(definition.list, list)));
    }

    @Mutation(() => Output, { name: mutation('create'), nullable: true, description: told.create })
    create(@Input(fields) input: object, @Options() options: MutationOptions): Promise<Row> {
      return this.run('create', input, options, new RegisterRecord(definition, input));
    }

    @Mutation(() => Output, { name: mutation('update'), nullable: true, description: told.update })
    update(@Input(Update) input: { id: number }, @Options() options: MutationOptions): Promise<Row> {
      const { id, ...changes } = input;
      return this.run('update', input, options, new ChangeRecord(definition, id, changes));
    }

    @Mutation(() => Output, { name: mutation('archive'), nullable: true, description: told.archive })
    archive(@Input(RecordIdInput) input: RecordIdInput, @Options() options: MutationOptions): Promise<Row> {
      return this.run('archive', input, options, new ArchiveRecord(definition, input.id));
    }

    @Mutation(() => Output, { name: mutation('unarchive'), nullable: true, description: told.unarchive })
    unarchive(@Input(RecordIdInput) input: RecordIdInput, @Options() options: MutationOptions): Promise<Row> {
      return this.run('unarchive', input, options, new UnarchiveRecord(definition, input.id));
    }

    private run(verb: string, input: object, options: MutationOptions, command: Command<WrittenRecord>): Promise<Row> {
      return this.mutations.run(mutation(verb), input, options, () => this.commands.execute(command), name);
    }
  }
  for (const relation of computedRelations(definition)) addRelation(RecordResolver, relation);
  Object.defineProperty(RecordResolver, 'name', { value: `${typeName}Resolver` });
  return RecordResolver as unknown as Class;
}

const outputs: Readonly<Partial<Record<FieldDefinition['kind'], () => unknown>>> = {
  text: () => String,
  date: () => String,
  integer: () => Int,
  decimal: () => DecimalScalar,
  flag: () => Boolean,
  instant: () => DateTimeScalar,
};

/** What is said of the operations of a kind of record, with the codes of their refusals. */
function descriptionsOf({ name, plural, scope, refusals = {} }: RecordDefinition) {
  const owner = scope === 'entity' ? 'of the site' : 'of the whole customer, at every site';
  const codes = (usual: string, own?: string): string => `Refused with ${usual}${own === undefined ? '' : `, ${own}`}.`;
  return {
    one: `${aSpoken(name).replace(/^a/, 'A')} by its number, also an archived one. ${codes('NOT_FOUND')}`,
    list: `A page of the ${spoken(plural)} ${owner}.`,
    create: `Creates ${aSpoken(name)}. ${codes('VALIDATION_FAILED, DUPLICATE_REFERENCE')}`,
    update: `Changes the fields of ${aSpoken(name)} that are sent. ${codes('NOT_FOUND, CONFLICT (archived), VALIDATION_FAILED, DUPLICATE_REFERENCE, PRECONDITION_FAILED', refusals.update)}`,
    archive: `Archives ${aSpoken(name)}: its history stays, and what refers to it still shows it. One that is archived already stays so. ${codes('NOT_FOUND, PRECONDITION_FAILED', refusals.archive)}`,
    unarchive: `Brings an archived ${spoken(name)} back as it was. One that is not archived stays as it is. ${codes('NOT_FOUND, PRECONDITION_FAILED')}`,
  };
}

function outputTypeOfRecord({ typeName, description, fields, inputFields, inherent = {} }: RecordDefinition): Class {
  const properties: Record<string, OutputProperty> = { id: { type: () => ID, nullable: false } };
  for (const field of inputFields) {
    const stored = storedName(field);
    const type = stored === 'qr_code' ? () => String : field.choices ? () => field.choices?.graphql : outputs[field.kind];
    if (stored !== undefined && type)
      properties[stored] = {
        type,
        nullable: field.presence !== 'required',
        description: stored === field.name ? field.description : undefined,
      };
  }
  for (const [name, { graphql, description: text }] of Object.entries(inherent))
    properties[name] = { type: graphql, nullable: true, description: text };
  const around: Record<string, OutputProperty> = {
    archived: { type: () => Boolean, nullable: false },
    revision: { type: () => Int, nullable: false },
    created_at: { type: () => DateTimeScalar, nullable: false },
    updated_at: { type: () => DateTimeScalar, nullable: false },
  };
  return defineOutputType(typeName, { ...properties, ...around }, { description, fields });
}

/** The kinds that input fields refer to, by the fields' names. */
const referencesOf = ({ inputFields }: RecordDefinition): Record<string, string> =>
  Object.fromEntries(inputFields.flatMap(({ name, target }) => (target === undefined ? [] : [[name, target]])));

/** What is shown beside the record's own fields and relations. */
function computedRelations({ typeName, computed = {}, tree, printer }: RecordDefinition): Relation[] {
  const relations = Object.entries(computed).flatMap(([name, { graphql, of, description }]): Relation[] =>
    graphql ? [{ name, type: graphql, nullable: true, description, resolve: of }] : [],
  );
  if (!tree) return relations;
  return [
    ...relations,
    { name: 'path', type: () => String, nullable: false, description: columnDescription(typeName, 'path'), resolve(row) { return printer.path(row, this.related); } },
    { name: 'root_id', type: () => ID, nullable: false, description: columnDescription(typeName, 'root_id'), resolve(row) { return printer.rootId(row, this.related); } },
    { name: 'has_children', type: () => Boolean, nullable: false, description: columnDescription(typeName, 'has_children'), resolve(row) { return printer.hasChildren(row, this.related); } },
  ]; // prettier-ignore
}
