import type { Projection, TableDefinition } from '#millwright/event-sourcing';
import type { Class, FieldDefinition } from '../fields/index.js';
import type { ListDefinition, View } from '../list-query/index.js';
import type { RecordRules, RecordStream } from './record-decider.js';
import type { RecordOptions } from './record-options.js';
import type { RecordPrinter } from './record-printing.js';

/** One kind of record, from its one definition: decider, projection, lists, and what its edges are made of. */
export type RecordDefinition<Input extends object = object> = RecordOptions<Input> &
  Readonly<{
    /** PascalCase: events, GraphQL. */
    typeName: string;
    category: string;
    inputFields: readonly FieldDefinition[];
    /** PATCH: the same fields, each may be left out. */
    change: Class<Partial<Input>>;
    rules: RecordRules;
    stream: RecordStream;
    table: TableDefinition;
    view: View;
    list: ListDefinition;
    projection: Projection;
    printer: RecordPrinter;
  }>;
