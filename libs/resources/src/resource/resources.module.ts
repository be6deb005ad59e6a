import { Global, Module, type DynamicModule, type OnModuleInit, type Provider } from '@nestjs/common';
import { assertKindsKnown } from '#millwright/fields';
import { OwnWrites } from '../own-writes.js';
import { Writes } from '../writes.js';
import { Mutations } from '../graphql/mutations.js';
import { AsOf, ListReader, NestedLists, ParkedRows, Snapshots } from '#millwright/lists';
import { ExternalReferences, ReferenceChecks, RelatedRecords, RememberedRows } from '../references/index.js';
import { Questions } from '../questions.js';
import { Relations } from '../relations/relations.js';
import { BuiltInRecords } from './built-in-records.js';
import { OwnedLists } from './owned-lists.js';
import { PersonalRecords } from './personal-records.js';
import { PersonalValues } from './personal-values.js';
import type { PlainResource, ResourceDefinition } from './resource-definition.js';
import { Trees } from './trees.js';
import { UniqueValues } from './unique-values.js';
import { PlainWriter } from './plain-writer.js';
import { resourceHandlers } from './resource-commands.js';
import { resourceController } from './resource-controller.js';
import { ResourceReader } from './resource-reader.js';
import { resourceResolver } from './resource-resolver.js';
import { ResourceWriters } from './resource-writers.js';
import { ResourceWriter } from './resource-writer.js';
import { handlerOf } from '../operations/command-handler.js';
import type { CommandOperation } from '../operations/operation.js';
import { ResourceAnswers } from '../operations/routes.js';

const services = [
  Snapshots,
  AsOf,
  Questions,
  OwnWrites,
  Writes,
  ListReader,
  NestedLists,
  ParkedRows,
  RelatedRecords,
  RememberedRows,
  ReferenceChecks,
  ExternalReferences,
  ResourceReader,
  OwnedLists,
  ResourceWriter,
  PersonalValues,
  PersonalRecords,
  UniqueValues,
  Trees,
  Relations,
  PlainWriter,
  ResourceWriters,
  ResourceAnswers,
  BuiltInRecords,
  Mutations,
];

/** What resources of every kind share; imported once. Wants `EventStore`, `DataSource`, `EntityManager`, `Pool` of pg and `IdempotencyKeys` injected by their classes. */
@Global()
@Module({ providers: [...services, ...resourceHandlers], exports: services })
export class ResourcesModule implements OnModuleInit {
  /** Every room has been loaded by now, with what its records refer to. */
  onModuleInit(): void {
    assertKindsKnown();
  }
}

/** A resource, and what can be done with it beside what all resources have. */
type WithOperations = Readonly<{ resource: ResourceDefinition; operations: readonly CommandOperation[] }>;

/** The edges of some resources, as a module of their lib: of records, and of what has operations of its own. */
export function resourceModule(records: readonly PlainResource[], more: readonly WithOperations[] = []): DynamicModule {
  const plain = records.filter((record) => !record.hidden && !more.some(({ resource }) => resource === record));
  const shown = [...plain.map((resource) => ({ resource, operations: [] })), ...more];
  class ResourceEdges {}
  Module({})(ResourceEdges);
  return {
    module: ResourceEdges,
    controllers: shown.map(({ resource, operations }) => resourceController(resource, operations)),
    providers: shown.flatMap(({ resource, operations }) => [
      resourceResolver(resource, operations),
      ...resource.fields.children.map((list) => list.shown.type.resolver),
    ]),
  };
}

/** What carries out the operations of a room, as providers of its module. */
export const operationHandlers = (operations: readonly CommandOperation[]): Provider[] =>
  operations.map(({ command, by, carryOut, root }) =>
    handlerOf(command, by, carryOut, (said) => (root === undefined ? said : { [root]: said })),
  );
