import type { ColumnType, Row } from '#millwright/event-sourcing';
import type { Choices, Class } from '../fields/index.js';
import type { ListAttribute } from '../list-query/index.js';
import type { RecordRules, RecordValues } from './record-decider.js';

/** A property that a record shows beside its fields, computed from its row alone. */
type ComputedProperty = Readonly<{
  openApi: Readonly<Record<string, unknown>>;
  /** The GraphQL output type; left out, it is not in the GraphQL schema. */
  graphql?: () => unknown;
  description?: string;
  of: (row: Row) => unknown;
  /** `full` answers only, list rows only, or both. */
  in?: 'full' | 'row' | 'both';
}>;

export type RecordOptions<Input extends object> = Readonly<{
  /** Singular, snake_case: the root of bodies and the kind that references name. */
  name: string;
  /** Plural, snake_case: the path and the table. */
  plural: string;
  /** The class of input fields: what POST takes; PATCH takes any of them. */
  fields: Class<Input>;
  /** What such a record is, for the schema: a sentence. */
  description: string;
  /** Codes that its own rules refuse with beside the usual ones, and when. */
  refusals?: Readonly<Partial<Record<'update' | 'archive', string>>>;
  scope: 'entity' | 'customer';
  /** The records form a tree by their `parent_id`; they show `path`, `root_id` and `has_children`. */
  tree?: boolean;
  /** The values are personal data: they live in app.people, and events name only the fields. */
  personal?: boolean;
  /** Shows `images`, `documents` and, in lists, `image`. */
  attachments?: boolean;
  /** Shows who created and changed it as `created_by_id` (default) or as `created_by {id, name, surname}`. */
  people?: 'ids' | 'records' | 'ids in full form';
  /** Stored beside the input fields and not open to input: their columns, and the values a new record starts with. */
  inherent?: Readonly<
    Record<
      string,
      Readonly<{
        column: ColumnType;
        initial: unknown;
        openApi: Readonly<Record<string, unknown>>;
        choices?: Choices;
        graphql: () => unknown;
        description: string;
      }>
    >
  >;
  /** Input fields that a new record has a value in although none was given. */
  defaults?: RecordValues;
  computed?: Readonly<Record<string, ComputedProperty>>;
  /** What another record prints of this one (default `id` and `name`). */
  label?: readonly string[];
  /** What list rows leave out. */
  sparse?: readonly string[];
  search?: readonly string[];
  defaultSort?: string;
  /** More to filter and sort by than the fields themselves, or other settings for them. */
  attributes?: Readonly<Record<string, ListAttribute>>;
  rules?: RecordRules;
  /** Every version of a record is kept, so that it can be read as it was at any place of the log. */
  history?: boolean;
  /** Without a controller and resolver of its own: it is edited some other way. */
  hidden?: boolean;
}>;
