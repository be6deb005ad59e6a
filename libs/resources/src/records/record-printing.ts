import { printed } from '#millwright/quantities';
import type { Row } from '#millwright/event-sourcing';
import type { FieldDefinition } from '../fields/index.js';
import { relationName } from '../graphql/relations.js';
import { instantTextOrNull } from '../instants/index.js';
import type { View } from '../list-query/index.js';
import type { BulkRead, Related } from '../references/index.js';
import { storedName } from '../resource/stored-values.js';
import type { RecordOptions } from './record-options.js';
import { ancestryOf, parentsAmong, type Ancestry } from './record-trees.js';

type Printable = Pick<RecordOptions<object>, 'name' | 'tree' | 'inherent' | 'computed' | 'sparse' | 'label' | 'attachments' | 'people'> &
  Readonly<{ view: View; inputFields: readonly FieldDefinition[] }>;

/** `full`: a single read or a write's answer; `row`: one of a list. */
export type Form = 'full' | 'row';

type Printed = Record<string, unknown>;
type Property = Readonly<{ name: string; print: (row: Row, related: Related) => unknown }>;

const attachments = { full: { images: [], documents: [] }, row: { image: null } } as const;

/** How a kind of record is shown over REST. Relations are read in bulk: printing a page costs one statement a kind of relation. */
export class RecordPrinter {
  private readonly ancestry: BulkRead<number, Ancestry>;
  private readonly parents: BulkRead<number, boolean>;
  private readonly properties: Readonly<Record<Form, readonly Property[]>>;

  constructor(private readonly definition: Printable) {
    this.ancestry = ancestryOf(definition);
    this.parents = parentsAmong(definition);
    const sparse = new Set(definition.sparse ?? []);
    const full = this.propertiesOf('full');
    this.properties = { full, row: this.propertiesOf('row').filter(({ name }) => !sparse.has(name)) };
  }

  async print(row: Row, form: Form, related: Related): Promise<Printed> {
    const shown: Printed = {};
    const awaited: Promise<void>[] = [];
    for (const { name, print } of this.properties[form]) {
      const value = print(row, related);
      shown[name] = value;
      // Most properties are the row's own: a page of a thousand must not wait for each of them.
      if (value instanceof Promise) awaited.push(value.then((found: unknown) => void (shown[name] = found)));
    }
    await Promise.all(awaited);
    return shown;
  }

  /** What other records print of this one. */
  async label(row: Row, related: Related): Promise<Printed> {
    const columns = this.definition.label ?? ['id', 'name'];
    const values = await Promise.all(
      columns.map(async (column) => (column === 'path' ? this.path(row, related) : column === 'avatar' ? null : (row[column] ?? null))),
    );
    return Object.fromEntries(columns.map((column, index) => [column, values[index]]));
  }

  async path(row: Row, related: Related): Promise<string> {
    return [...(await this.above(row, related)), row].map(({ name }) => String(name)).join(' > ');
  }

  async rootId(row: Row, related: Related): Promise<number> {
    return (await this.above(row, related))[0]?.id ?? Number(row['id']);
  }

  /** From the root down to the parent. The row itself is the newer one: the answer of a write shows it before the read model does. */
  private async above(row: Row, related: Related): Promise<Ancestry> {
    return row['parent_id'] == null ? [] : related.load(this.ancestry, Number(row['parent_id']));
  }

  hasChildren(row: Row, related: Related): Promise<boolean> {
    return related.load(this.parents, Number(row['id']));
  }

  private propertiesOf(form: Form): Property[] {
    const { inputFields, tree, inherent = {}, computed = {} } = this.definition;
    const fields = inputFields.filter(({ name }) => name !== 'external_reference').map((field) => this.propertyOf(field));
    const inherentProperties = Object.keys(inherent).map((name) => ({ name, print: (row: Row) => row[name] ?? null }));
    const computedProperties = Object.entries(computed).flatMap(([name, property]) =>
      (property.in ?? 'both') === 'both' || property.in === form ? [{ name, print: property.of }] : [],
    );
    return [
      { name: 'id', print: (row) => row['id'] },
      ...fields,
      ...inherentProperties,
      ...computedProperties,
      ...(tree ? this.treeProperties() : []),
      ...this.attachmentProperties(form),
      { name: 'external_reference', print: (row) => row['external_reference'] ?? null },
      { name: 'archived', print: (row) => row['archived'] },
      { name: 'created_at', print: (row) => instantTextOrNull(row['created_at'] as string) },
      { name: 'updated_at', print: (row) => instantTextOrNull(row['updated_at'] as string) },
      ...this.peopleProperties(form),
    ];
  }

  private propertyOf(field: FieldDefinition): Property {
    const { name, kind, target } = field;
    const stored = storedName(field);
    if (kind === 'not yet') return { name: relationName(name), print: () => (name.endsWith('_id') ? null : []) };
    if (kind === 'reference' && target !== undefined) {
      // A parent is named without its own way through the tree: the record's path says it already.
      const columns = this.definition.tree && name === 'parent_id' ? ['id', 'name'] : undefined;
      return { name: relationName(name), print: (row, related) => related.label(target, row[name], columns) };
    }
    if (kind === 'references' && target !== undefined)
      return { name: relationName(name), print: (row, related) => related.labels(target, row[name]) };
    if (kind === 'decimal') return { name, print: (row) => printed(row[name] as string | null) };
    if (kind === 'instant') return { name, print: (row) => instantTextOrNull(row[name] as string | null) };
    return { name: stored ?? name, print: (row) => row[stored ?? name] ?? null };
  }

  private treeProperties(): Property[] {
    return [
      { name: 'root_id', print: (row, related) => this.rootId(row, related) },
      { name: 'path', print: (row, related) => this.path(row, related) },
      { name: 'has_children', print: (row, related) => this.hasChildren(row, related) },
    ];
  }

  private attachmentProperties(form: Form): Property[] {
    if (!this.definition.attachments) return [];
    return Object.entries(attachments[form]).map(([name, value]) => ({ name, print: () => value }));
  }

  private peopleProperties(form: Form): Property[] {
    const { people = 'ids' } = this.definition;
    if (people === 'records')
      return ['created_by', 'updated_by'].map((name) => ({
        name,
        print: (row, related) => related.label('user', row[name], ['id', 'name', 'surname']),
      }));
    if (people === 'ids in full form' && form === 'row') return [];
    return ['created_by', 'updated_by'].map((name) => ({ name: `${name}_id`, print: (row) => row[name] ?? null }));
  }
}
