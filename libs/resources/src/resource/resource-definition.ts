import type { Scope } from '#millwright/access';
import type { Event, Outcome, Position, Projection, RecordHistory, Row, Stream, TableDefinition } from '#millwright/event-sourcing';
import type { Class } from '#millwright/fields';
import type { ListDefinition, View } from '#millwright/lists';
import type { Operation } from '../operations/operation.js';
import type { ChildList } from './children.js';
import type { Companion } from './companion.js';
import type { PersonalFields } from './personal-fields.js';
import type { RecordRules, RecordStream, RecordValues } from './plain-decider.js';
import type { Printer } from './printer.js';
import type { ResourceFields } from './resource-fields.js';
import type { Written } from './written.js';

export type { Written };

/** The same with what was decided, for a room that goes on with it. */
export type Decided<State> = Outcome<State> & Written;

/** Carries out the commands that every resource has. The plain one does where a resource has no decider of its own. */
export interface ResourceCommands {
  create(input: object): Promise<Written>;
  update(id: number, changes: object): Promise<Written>;
  archive(id: number): Promise<Written>;
  unarchive(id: number): Promise<Written>;
}

/** Reads what a resource shows from other tables than its row's. */
export interface ResourceFigures<Figures> {
  /** Of the same moment as the row. */
  projected(row: Row): Promise<Figures>;
  /** As a command left it, at its position. */
  decided(row: Row, position: Position): Promise<Figures>;
}

export const operationNames = ['create', 'list', 'one', 'update', 'archive', 'unarchive'] as const;
export type OperationName = (typeof operationNames)[number];

/** What is to be said of an operation beside what is true of all resources: a sentence or two, and codes of refusals with when. */
export type OperationNotes = Readonly<{
  description?: string;
  refusals?: string;
  /** A creation may be answered with what is there already (200). */
  mayBeThere?: true;
}>;

/** A resource from its one definition: what its edges, its lists and whoever refers to it need to know of it. */
export type ResourceDefinition = Readonly<{
  /** Singular, snake_case. */
  name: string;
  /** Plural, snake_case: the path and the table. */
  plural: string;
  /** What bodies and the fields of refusals stand under: the singular, unless REST calls it otherwise. */
  root: string;
  path: string;
  /** PascalCase: events, GraphQL. */
  typeName: string;
  /** camelCase: the streams. */
  category: string;
  description: string;
  heading: string;
  scope: 'entity' | 'customer';
  /** What reading and writing them needs. */
  scopes: Readonly<Record<Operation['does'], Scope>>;
  /** Its commands are about sites themselves: an archived one does not stand in their way, for there it is brought back. */
  administersSites?: boolean;
  notes: Readonly<Partial<Record<OperationName, OperationNotes>>>;
  /** The class of its fields. */
  class: Class;
  fields: ResourceFields;
  list: ListDefinition;
  /** What it looks like over REST: alone, and as a row of a list. */
  answer: Class;
  rowOfList: Class;
  /** The GraphQL type. */
  output: Class;
  printer: Printer;
  /** Whether it has a decider of its own: then a service of its room carries out its commands (`ResourceWriters`). */
  decider: 'plain' | 'own';
}>;

/** What the state of every decider of its own has. There is a history exactly where the resource exists. */
export type ResourceState = Readonly<{
  details: object & Readonly<{ externalReference: string | null }>;
  history: RecordHistory | undefined;
}>;

/** A resource with a decider of its own (parts, work orders). */
export type DecidedResource<State extends ResourceState, E extends Event> = ResourceDefinition &
  Readonly<{
    stream: Stream<State, E>;
    /** The row of a state that exists: what reads show before the read model has it. */
    rowOf(state: State, revision: number): Row;
  }>;

/** A resource that is its fields and no more, with the plain decider. */
export type PlainResource<Fields extends object = object> = ResourceDefinition &
  Readonly<{
    stream: RecordStream;
    table: TableDefinition;
    view: View;
    projection: Projection;
    rules: RecordRules<Fields>;
    children: readonly ChildList[];
    /** Columns of relations that the other side owns. */
    ownedElsewhere: readonly string[];
    marks?: readonly string[];
    erasable?: boolean;
    /** What is personal data: it lives in app.people, and events name only the fields. */
    personal: PersonalFields;
    tree: boolean;
    companion?: Companion;
    /** What a new one has where nothing was given. */
    initial: RecordValues;
    /** The same, drawn anew for each. */
    drawn?(): RecordValues;
    /** Without edges of its own: it is edited some other way. */
    hidden: boolean;
  }>;
