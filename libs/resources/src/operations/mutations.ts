import type { Command, CommandBus } from '@nestjs/cqrs';
import { Mutation } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { inGraphqlWords, type Class } from '#millwright/fields';
import { mentionOf, type Mention } from '../references/index.js';
import { Input, Options, type Mutated, type MutationOptions, type Mutations } from '../graphql/mutations.js';
import type { ResourceDefinition, Written } from '../resource/resource-definition.js';
import { operationOn, OverGraphql, type CommandOperation } from './operation.js';
import type { ResourceAnswers } from './routes.js';

type Edge = Readonly<{ commands: CommandBus; mutations: Mutations; answers: ResourceAnswers }>;
type Mutating = Readonly<{ resource: ResourceDefinition; operations: readonly CommandOperation[]; Output: Class }>;

/** Gives a resolver a mutation for each operation. */
export function addMutations(resolver: object, { resource, operations, Output }: Mutating): void {
  for (const operation of operations) {
    const { name, command, root = resource.root, description, summary, refusals, answers } = operation;
    const described = operationOn(resource, operation);
    const resolve = function (this: Edge, input: Command<Written>, options: MutationOptions): Promise<Row | null> {
      const work = async (): Promise<Mutated<Row | null>> => {
        const written = await this.commands.execute(input);
        return decidedSource(written, this.answers.sourceOf(operation, written));
      };
      return this.mutations.run(described, input, options, work, { root, about: aboutOf(resource, operation, input) });
    };
    const descriptor: PropertyDescriptor = { value: resolve, configurable: true, writable: true };
    Object.defineProperty(resolver, name, descriptor);
    // What a compiler would write beside a method.
    Reflect.defineMetadata('design:paramtypes', [Object, Object], resolver, name);
    Input(command)(resolver, name, 0);
    Options()(resolver, name, 1);
    OverGraphql(described)(resolver, name, descriptor);
    Mutation(() => answers?.output?.() ?? Output, {
      name,
      nullable: true,
      description: `${summary}. ${inGraphqlWords(description)} Refused with ${refusals}.`,
    })(resolver, name, descriptor);
  }
}

/** The record that an operation is about: the one whose number stands in its path over REST, and of what has no such path the one that it shows. */
function aboutOf(
  { name }: ResourceDefinition,
  { fromPath = {} }: CommandOperation,
  input: object,
): (row: Row | null) => Mention | undefined {
  const field = Object.keys(fromPath).find((key) => fromPath[key] === 'id');
  return (row) => mentionOf(name, field === undefined ? row?.['id'] : (input as Row)[field]);
}

/**
 * What a mutation answers from. The read models may not have seen what was just decided, so figures beside the row come from the decided states, too:
 * they are read as of `decided_at`.
 */
export const decidedSource = <Source extends Row | null = Row>(
  { row, position }: Written,
  source: Source = row as unknown as Source,
): Mutated<Source> => ({ row: source && { ...source, decided_at: position.toString() }, position });
