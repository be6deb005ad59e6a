import { applyDecorators } from '@nestjs/common';
import { CommandBus, type Command } from '@nestjs/cqrs';
import { Args, ID, InputType, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { aSpoken, camelCase, columnDescription, IdOf, inGraphqlWords, Reference, spoken, type Class } from '#millwright/fields';
import { connectionFrom, connectionOf, listArgumentsOf, listComplexity, listQueryOf, type ListArguments } from '#millwright/lists';
import { Input, MutationOptions, Mutations, Options, updateInputOf, type Mutated } from '../graphql/mutations.js';
import { addRelations } from '../graphql/relations.js';
import { addMutations, decidedSource } from '../operations/mutations.js';
import { OverGraphql, type CommandOperation } from '../operations/operation.js';
import { ResourceAnswers } from '../operations/routes.js';
import { mentionOf, RelatedRecords } from '../references/index.js';
import { idOfPath } from '../rest/index.js';
import { ArchiveResource, CreateResource, UnarchiveResource, UpdateResource } from './resource-commands.js';
import type { OperationName, ResourceDefinition, Written } from './resource-definition.js';
import { toldOperations, type ToldOperation } from './resource-notes.js';
import { ResourceReader } from './resource-reader.js';

@InputType({ description: 'Which record is meant.' })
class RecordIdInput {
  @IdOf('record', { required: true }) id!: number;
}

/** The same of a resource with a decider of its own. */
function idInputOf({ typeName, name }: ResourceDefinition): Class<{ id: number }> {
  @InputType(`${typeName}IdInput`, { description: `Which ${spoken(name)} is meant.` })
  class IdInput {
    @Reference(name, { required: true }) id!: number;
  }
  return IdInput;
}

/** A creation that takes more than the fields is a type of its own over theirs. */
function nameCreateInput({ typeName, name, class: fields, fields: { create }, notes }: ResourceDefinition): void {
  const more = notes.create?.description;
  if (create !== fields) InputType({ isAbstract: true })(fields);
  InputType(`Create${typeName}Input`, {
    description: `What ${aSpoken(name)} begins with: a field that is left out is empty or has its default.${more === undefined ? '' : ` ${inGraphqlWords(more)}`}`,
  })(create);
}

/** The GraphQL edge of a resource: two queries, four mutations, those of its own operations, and its relations. */
export function resourceResolver(resource: ResourceDefinition, operations: readonly CommandOperation[]): Class {
  const { typeName, name, root, plural, list: listed, fields, output: Output } = resource;
  const Connection = connectionOf(typeName, () => Output);
  const Arguments = listArgumentsOf(typeName, listed);
  const told = toldOperations(resource);
  const Update = updateInputOf(name, typeName, fields.update);
  nameCreateInput(resource);

  const IdInput = resource.decider === 'own' ? idInputOf(resource) : RecordIdInput;
  const Mutates = (operation: ToldOperation): MethodDecorator =>
    applyDecorators(
      Mutation(() => Output, { name: operation.name, nullable: true, description: operation.graphql }),
      OverGraphql(operation),
    );

  @Resolver(() => Output)
  class ResourceResolver {
    constructor(
      readonly commands: CommandBus,
      readonly resources: ResourceReader,
      readonly mutations: Mutations,
      readonly related: RelatedRecords,
      readonly answers: ResourceAnswers,
    ) {}

    @Query(() => Output, { name: camelCase(name), nullable: true, description: told.one.graphql })
    @OverGraphql(told.one)
    one(@Args('id', { type: () => ID, description: columnDescription(typeName, 'id') }) id: string): Promise<Row> {
      return this.resources.row(resource, idOfPath(id));
    }

    @Query(() => Connection, { name: camelCase(plural), complexity: listComplexity, description: told.list.graphql })
    @OverGraphql(told.list)
    async list(@Args({ type: () => Arguments }) list: ListArguments): Promise<object> {
      return connectionFrom(await this.resources.page(resource, listQueryOf(listed, list)));
    }

    @Mutates(told.create)
    create(@Input(fields.create) input: object, @Options() options: MutationOptions): Promise<Row> {
      return this.run('create', input, options, new CreateResource(resource, input));
    }

    @Mutates(told.update)
    update(@Input(Update) input: { id: number }, @Options() options: MutationOptions): Promise<Row> {
      const { id, ...changes } = input;
      return this.run('update', input, options, new UpdateResource(resource, id, changes));
    }

    @Mutates(told.archive)
    archive(@Input(IdInput) input: { id: number }, @Options() options: MutationOptions): Promise<Row> {
      return this.run('archive', input, options, new ArchiveResource(resource, input.id));
    }

    @Mutates(told.unarchive)
    unarchive(@Input(IdInput) input: { id: number }, @Options() options: MutationOptions): Promise<Row> {
      return this.run('unarchive', input, options, new UnarchiveResource(resource, input.id));
    }

    private run(verb: OperationName, input: object, options: MutationOptions, command: Command<Written>): Promise<Row> {
      const work = async (): Promise<Mutated> => decidedSource(await this.commands.execute(command));
      return this.mutations.run(told[verb], input, options, work, { root, about: (row) => mentionOf(name, row?.['id']) });
    }
  }
  addRelations(ResourceResolver.prototype, typeName, fields.all);
  addMutations(ResourceResolver.prototype, { resource, operations, Output });
  Object.defineProperty(ResourceResolver, 'name', { value: `${typeName}Resolver` });
  return ResourceResolver as unknown as Class;
}
