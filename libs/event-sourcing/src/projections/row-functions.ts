import type { Row, TableDefinition } from '../projection.js';
import { validFrom, validTo } from '../stored-tables.js';
import { eachOf, objectText, writtenOut } from '../written-out.js';
import { copyField, normalForm } from './column-values.js';

/** What happens to every row of a table, as functions that are written out. */

type Columns = TableDefinition['columns'];

/** The row with every one of these columns in its normal form, null where nothing is said, and no other. Throws TypeError for what no column can hold. */
export const normalizer = (columns: Columns): ((row: Readonly<Row>) => Row) =>
  writtenOut(
    ['row', 'value'],
    objectText(eachOf(Object.keys(columns), (name, index) => `${name}: (value = row[${name}]) == null ? null : forms[${index}](value)`)),
    { forms: Object.values(columns).map((type) => normalForm[type]) },
  );

/** The same of a key, whose columns must all be said. */
export const keyNormalizer = (columns: Columns): ((key: Readonly<Row>) => Row) =>
  writtenOut(['key'], objectText(eachOf(Object.keys(columns), (name, index) => `${name}: forms[${index}](key[${name}])`)), {
    forms: Object.values(columns).map((type) => normalForm[type]),
  });

/** How many of these columns a row says something of. */
export const counter = (columns: Columns): ((row: Readonly<Row>) => number) =>
  writtenOut(['row'], eachOf(Object.keys(columns), (name) => `(row[${name}] !== undefined)`).join(' + '));

/** What is kept of a row as a version that ends at a position. `since`: the column that says when it began. */
export const versionMaker = (kept: readonly string[], since: string): ((row: Readonly<Row>, end: number | string) => Row) =>
  writtenOut(
    ['row', 'end'],
    objectText([...eachOf(kept, (name) => `${name}: row[${name}]`), `${validFrom}: row[${JSON.stringify(since)}]`, `${validTo}: end`]),
  );

/** The row as a line of COPY's text format. */
export const copyLine = (columns: Columns): ((row: Readonly<Row>) => string) =>
  writtenOut(
    ['row', 'value'],
    `${eachOf(Object.keys(columns), (name, index) => `((value = row[${name}]) === null ? '\\\\N' : fields[${index}](value))`).join(` + '\\t' + `)} + '\\n'`,
    { fields: Object.values(columns).map((type) => copyField[type]) },
  );
