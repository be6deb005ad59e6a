import { InputType } from '@nestjs/graphql';
import { spoken, aSpoken } from '../graphql/descriptions.js';
import { pascalCase } from '../names.js';
import { defineField, fieldsOf, isInput, type ChildrenFacet, type Class, type InputField } from '../field-definition.js';
import { inputField } from '../kind.js';
import { Flag } from './flag.js';
import { lazily, listProblem } from './nested.js';
import { idKind } from './reference.js';

type ChildrenOptions = Omit<ChildrenFacet, 'type' | 'most'> & Readonly<{ most?: number; description?: string }>;

const attributes = '_attributes';

/**
 * A list of records inside a resource, each with an id of its own that is never given to another: `vendor_contacts_attributes` says what is to
 * happen to `vendor_contacts`; where both are called alike (`items`), so is the property. Without `id` a new one is meant; with it that one, whose fields change as far as they are said; `_destroy` takes it
 * away; those that are not named stay, so that null and an empty list change nothing. They are shown in the order in which they were made, whatever
 * the order of a request, unless `orderedBy` says otherwise: a new one without that number then stands last.
 * Codes: not_a_list, too_many, not_an_object, and those of its fields (named `vendor_contacts_attributes.0.name`); of `id` not_found, required
 * (`_destroy` of none), not_unique (the same one twice).
 */
export const Children =
  (type: Class, { name, most = 100, description, ...facet }: ChildrenOptions): PropertyDecorator =>
  (target, property) => {
    const said = String(property);
    const column = said.endsWith(attributes) ? said.slice(0, -attributes.length) : said;
    const Input = inputOf(type, name);
    defineField(target.constructor as Class, {
      name: said,
      description,
      input: {
        presence: 'nullable',
        nested: { type: () => Input, each: true },
        check: (value) => listProblem(value, most),
        graphql: () => [Input],
        openApi: { ...lazily(() => Input), isArray: true, maxItems: most },
      },
      stored: { name: column, type: 'jsonb', initial: [] },
      children: { ...facet, name, type, most },
    });
  };

/** What requests say of one of them. Which is a new one, of which more must be given, only the resource knows (`children.ts` there). */
function inputOf(type: Class, name: string): Class {
  const typeName = `${pascalCase(name)}Input`;
  const Input = { [typeName]: class {} }[typeName] as Class;
  inputField(idKind, { description: `The number of the ${spoken(name)} that is meant; left out, it is a new one.` })(
    Input.prototype as object,
    'id',
  );
  for (const field of fieldsOf(type).filter(isInput)) defineField(Input, ofChild(field));
  Flag({ description: `Takes the ${spoken(name)} away.` })(Input.prototype as object, '_destroy');
  InputType(typeName, {
    description: `What is to happen to ${aSpoken(name)}: fields that are left out stay, those of a new one are empty.`,
  })(Input);
  return Input;
}

function ofChild(field: InputField): InputField {
  if (field.input.presence !== 'required') return field;
  const told = [field.description, 'Must be given of a new one.'].filter((sentence) => sentence !== undefined);
  return { ...field, description: told.join(' '), input: { ...field.input, presence: 'not null' } };
}
