import { ApiProperty } from '@nestjs/swagger';
import { lacking } from '#millwright/access';
import type { Row } from '#millwright/event-sourcing';
import type { Class, FieldDefinition, Form, PrintedFacet, Related, Schema } from '#millwright/fields';
import { hiddenBy, hiddenValue } from './hidden-fields.js';

type Printed = Record<string, unknown>;

/** A field that answers of REST show. */
type PrintedField = FieldDefinition & Readonly<{ printed: PrintedFacet }>;

/** How rows are shown over REST. Relations are read in bulk: printing a page costs one statement a kind of relation. */
export class Printer {
  private readonly properties: Readonly<Record<Form, readonly PrintedField[]>>;
  private readonly labels: readonly PrintedField[];

  constructor(fields: readonly FieldDefinition[], labelled: readonly string[] = ['id', 'name']) {
    const printed = fields.filter((field): field is PrintedField => field.printed !== undefined);
    const of = (form: Form): PrintedField[] => printed.filter(({ printed: { only = form } }) => only === form);
    this.properties = { full: of('full'), row: of('row') };
    this.labels = labelled.map(
      (name): PrintedField =>
        this.properties.full.find((field) => field.printed.name === name) ?? {
          name,
          printed: { name, openApi: {}, print: (row) => row[name] ?? null },
        },
    );
  }

  /** At once where nothing has to be read for it. */
  print(row: Row, form: Form, related: Related, figures?: unknown): Printed | Promise<Printed> {
    return printedBy(this.properties[form], row, related, figures, form);
  }

  /** What other resources print of this one. */
  label(row: Row, related: Related): Printed | Promise<Printed> {
    return printedBy(this.labels, row, related, undefined, 'full');
  }

  /** What stands in place of a property that whoever asks may not see; undefined where he may. */
  hidden(row: Row, property: string): typeof hiddenValue | undefined {
    const isLacking = lacking();
    const field = isLacking && this.properties.full.find(({ printed }) => printed.name === property);
    return field && hiddenBy(isLacking, field, row) ? hiddenValue : undefined;
  }

  /** One property; undefined where there is none. */
  property(row: Row, property: string, related: Related): unknown {
    return this.properties.full.find(({ printed }) => printed.name === property)?.printed.print(row, related, undefined, 'full');
  }

  /** What a property is, where it is shown of another resource. */
  schemaOf(property: string): Schema | undefined {
    const shown = this.properties.full.find(({ printed }) => printed.name === property)?.printed.openApi;
    if (!shown?.['nullable']) return shown;
    const { nullable: _, type, enum: words, ...schema } = shown;
    return { ...schema, type: [type, 'null'], ...(Array.isArray(words) && { enum: [...(words as unknown[]), null] }) };
  }

  /** A class that describes what is printed, for the OpenAPI document. */
  answerClass(name: string, form: Form): Class {
    const answer = { [name]: class {} }[name] as Class;
    for (const { seenWith, printed } of this.properties[form]) {
      // Swagger looks for a class where there is a choice and no type beside it, unless that is Object.
      const choice = Object.hasOwn(printed.openApi, 'oneOf') && { type: Object };
      const property: Schema = { ...printed.openApi, ...choice, ...(seenWith && { 'x-seen-with': seenWith }) };
      ApiProperty(property)(answer.prototype as object, printed.name);
    }
    return answer;
  }
}

function printedBy(
  properties: readonly PrintedField[],
  row: Row,
  related: Related,
  figures: unknown,
  form: Form,
): Printed | Promise<Printed> {
  const shown: Printed = {};
  const awaited: Promise<void>[] = [];
  const isLacking = lacking();
  try {
    for (const field of properties) {
      const { name, print } = field.printed;
      if (isLacking && hiddenBy(isLacking, field, row)) {
        shown[name] = hiddenValue;
        continue;
      }
      const value = print(row, related, figures, form);
      shown[name] = value;
      // Most properties are the row's own: a page of a thousand must not wait for each of them.
      if (value instanceof Promise) awaited.push(value.then((found: unknown) => void (shown[name] = found)));
    }
  } catch (error) {
    // What was begun may fail as well, and somebody must wait for it.
    const failed = (): never => {
      throw error;
    };
    return Promise.allSettled(awaited).then(failed);
  }
  const [first] = awaited;
  if (first === undefined) return shown;
  return (awaited.length === 1 ? first : Promise.all(awaited)).then(() => shown);
}
