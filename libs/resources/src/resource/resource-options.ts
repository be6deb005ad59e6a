import type { RowRule, Scope } from '#millwright/access';
import type { Event, Stream } from '#millwright/event-sourcing';
import type { ReferenceKind } from '#millwright/fields';
import type { ListAttribute, View } from '#millwright/lists';
import type { Companion } from './companion.js';
import type { RecordRules, ValuesOf } from './plain-decider.js';
import type { OperationName, OperationNotes, ResourceState } from './resource-definition.js';
import type { FieldOptions, ResourceFields } from './resource-fields.js';
import type { TreeOptions } from './tree-fields.js';

type SharedOptions = Readonly<{
  /** Singular, snake_case: the root of bodies, the kind that references name, and the sequence its ids come from. */
  name: string;
  /** Plural, snake_case: the path and the table. */
  plural: string;
  /** What bodies stand under and the path is, where that is not its name: clients know the word otherwise. */
  overRest?: Readonly<{ root: string; path: string }>;
  /** What such a resource is, for the schema: a sentence. */
  description: string;
  /** What stands over its operations in the document; left out, whose they are. */
  heading?: string;
  scope: 'entity' | 'customer';
  /** Which of them those see who do not see all. */
  rows?: RowRule;
  /** What reading and writing them needs, where that is not `<plural>:read` and `<plural>:write`. */
  scopes?: Readonly<{ reads?: Scope; writes?: Scope }>;
  /** Its commands are about sites themselves: an archived one does not stand in their way, for there it is brought back. */
  administersSites?: boolean;
  /** What is particular about its operations. */
  notes?: Readonly<Partial<Record<OperationName, OperationNotes>>>;
  /** What another resource prints of this one (default `id` and `name`). */
  label?: readonly string[];
  /** What is no record of the kind may stand in for one (`defineStandIns`), and has no number then. */
  standIns?: boolean;
  /** What fields that refer to it may demand of it, each as flags that it must have. */
  demands?: ReferenceKind['demands'];
  /** Text columns that `search` looks into (default `name`). */
  search?: readonly string[];
  /** As in a query (default `name asc`). */
  defaultSort?: string;
  /** More to filter and sort by than the fields themselves, or other settings for them. */
  attributes?: Readonly<Record<string, ListAttribute>>;
}>;

export type PlainOptions<Fields extends object, Figures extends object> = SharedOptions &
  Omit<FieldOptions<Fields, Figures>, 'name' | 'create' | 'update' | 'apart'> &
  Readonly<{
    /** They form a tree by their `parent_id`: shows `path`, `root_id` and `has_children`. */
    tree?: TreeOptions;
    /** Input fields that a new one has a value in although none was given. */
    defaults?: Partial<ValuesOf<Fields>>;
    /** What a new one is given beside that, drawn anew for each: figures that nobody says. */
    drawn?(): Partial<ValuesOf<Figures>>;
    rules?: RecordRules<Fields & Figures>;
    /** What may be noted of one for ever, PascalCase (`markRecord`). */
    marks?: readonly string[];
    /** What is personal of one can be made to vanish for good (`PlainWriter.erase`). */
    erasable?: boolean;
    /** What it shows that streams of another category decide. */
    companion?: Companion;
    /** What is looked up by whole values, beside its usual sorts and what it refers to. */
    indexes?: readonly (readonly string[])[];
    /** Every version is kept, so that it can be read as it was at any place of the log. */
    history?: boolean;
    hidden?: boolean;
  }>;

export type DecidedOptions<State extends ResourceState, E extends Event, Shown> = SharedOptions &
  Readonly<{
    fields: ResourceFields;
    stream: Stream<State, E>;
    rowOf(state: State, revision: number): Shown;
    view: View;
    /** The read model that has the view. */
    projection: string;
  }>;
