type Schema = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const typeOf = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'array'
      : typeof value === 'number' && Number.isInteger(value)
        ? 'integer'
        : typeof value;

/**
 * What a value has that its schema does not allow, one sentence each: as much of JSON Schema 2020-12 as the OpenAPI document uses.
 * A property that a schema with properties does not name is one too many, for a generated client would not know it.
 */
export function schemaProblems(document: Schema, given: Schema, value: unknown, at = 'body'): string[] {
  const schema = typeof given['$ref'] === 'string' ? (lookUp(document, given['$ref']) as Schema) : given;
  const choices = (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined;
  if (choices?.every((choice) => schemaProblems(document, choice, value, at).length > 0)) return [`${at} fits none of the choices`];
  const types = [schema['type'] ?? []].flat() as string[];
  const type = typeOf(value);
  if (types.length > 0 && !types.includes(type) && !(type === 'integer' && types.includes('number')))
    return [`${at} is ${type}, not ${types.join(' or ')}`];
  const problems: string[] = [];
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(value)) problems.push(`${at} is ${String(value)}, which is no choice`);
  problems.push(...boundsPassed(schema, value, at));
  if (isObject(value)) {
    const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
    if (schema['properties'] !== undefined && schema['additionalProperties'] !== true)
      for (const name of Object.keys(value)) if (!(name in properties)) problems.push(`${at}.${name} is not documented`);
    for (const name of (schema['required'] ?? []) as string[]) if (!(name in value)) problems.push(`${at}.${name} is missing`);
    for (const [name, property] of Object.entries(properties))
      if (name in value) problems.push(...schemaProblems(document, property, value[name], `${at}.${name}`));
  }
  if (Array.isArray(value) && isObject(schema['items']))
    for (const [index, item] of value.entries()) problems.push(...schemaProblems(document, schema['items'], item, `${at}.${index}`));
  return problems;
}

function boundsPassed(schema: Schema, value: unknown, at: string): string[] {
  const { minimum, maximum, exclusiveMinimum, minLength, maxLength, pattern } = schema as Readonly<Record<string, number | undefined>>;
  const within =
    typeof value === 'number'
      ? value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity) && value > (exclusiveMinimum ?? -Infinity)
      : typeof value === 'string'
        ? value.length >= (minLength ?? 0) && value.length <= (maxLength ?? Infinity) && new RegExp(String(pattern ?? ''), 'u').test(value)
        : true;
  return within ? [] : [`${at} is ${String(value)}, which passes a bound or has another form`];
}

/** What a reference (`#/components/schemas/Part`) points at; undefined where that is nothing. */
export const lookUp = (document: Schema, reference: string): unknown =>
  reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((place, name) => (isObject(place) ? place[name.replace(/~1/g, '/')] : undefined), document);
