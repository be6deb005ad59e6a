import { Global, Module, type DynamicModule } from '@nestjs/common';
import { OwnWrites } from '#millwright/access';
import { Mutations } from '../graphql/mutations.js';
import { ListReader, NestedLists, ParkedRows } from '../list-query/index.js';
import { ExternalReferences, ReferenceChecks, RelatedRecords } from '../references/index.js';
import { Questions } from '../questions.js';
import { AsOf } from '../as-of.js';
import { Snapshots } from '../snapshots.js';
import { ResourceReader, ResourceWriter } from '../resource/index.js';
import { BuiltInRecords } from './built-in-records.js';
import { PersonalRecords } from './personal-records.js';
import { PersonalValues } from './personal-values.js';
import { recordCommandHandlers } from './record-commands.js';
import { recordController } from './record-controller.js';
import type { RecordDefinition } from './record-definition.js';
import { RecordReader } from './record-reader.js';
import { recordResolver } from './record-resolver.js';
import { RecordTrees } from './record-trees.js';
import { RecordWriter } from './record-writer.js';

const services = [
  Snapshots,
  AsOf,
  Questions,
  OwnWrites,
  ListReader,
  NestedLists,
  ParkedRows,
  RelatedRecords,
  ReferenceChecks,
  ExternalReferences,
  ResourceReader,
  ResourceWriter,
  PersonalValues,
  PersonalRecords,
  RecordTrees,
  RecordWriter,
  RecordReader,
  BuiltInRecords,
  Mutations,
];

/** What records of every kind share; imported once. Wants `EventStore`, `DataSource`, `EntityManager`, `Pool` of pg and `IdempotencyKeys` injected by their classes. */
@Global()
@Module({ providers: [...services, ...recordCommandHandlers], exports: services })
export class RecordsModule {}

/** The edges of some kinds of records, as a module of their lib. */
export function recordModule(definitions: readonly RecordDefinition[]): DynamicModule {
  const shown = definitions.filter(({ hidden }) => !hidden);
  class RecordEdges {}
  Module({})(RecordEdges);
  return { module: RecordEdges, controllers: shown.map(recordController), providers: shown.map(recordResolver) };
}
