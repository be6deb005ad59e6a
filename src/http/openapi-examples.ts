import type { Json } from './openapi-components.js';

/** Fields that would make a pasted request fail, at once or the second time, or do more than it seems to. The built-in user is always there, and a client of an issuer is no record. */
const leftOutOfRequests = (name: string): boolean =>
  !['technician_id', 'client_id'].includes(name) &&
  /^(external_reference|completed_at|qr_code_attributes|email|login_identifier|code|asset|dedup_key)$|_id$/.test(name);

const ofFormat: Readonly<Record<string, string>> = {
  'date-time': '2026-01-31T08:00:00.000Z',
  date: '2026-01-31',
  uuid: '01980b6e-7b1c-7a3e-9d53-4f0a6c1e2b7d',
  email: 'jane@example.com',
};

const entity = { id: 1, name: 'Main Facility', currency: 'USD', currency_symbol: '$', datetime_format: 'MM/DD/YYYY - 11:59 PM', timezone: 'Etc/UTC: +00:00' }; // prettier-ignore
const pagination = { total: 1, page: 1, per_page: 50, total_pages: 1, next_cursor: null };
const meta = { entity, customer: { id: 1, name: 'Millwright' } };

/** Examples made of those of single fields, so that what people paste has every field and only fields there are. */
export class OpenApiExamples {
  constructor(private readonly schemas: Json) {}

  /** A body to send: what has to be given, and what has an example of its own. */
  request(schema: Json): unknown {
    return this.value(schema, (name, property, required) => required || (!leftOutOfRequests(name) && this.isExemplary(property)));
  }

  /** An answer: every field. */
  response(schema: Json): unknown {
    const body = this.value(schema, () => true);
    if (!isObject(body) || !isObject(body['meta'])) return body;
    return { ...body, meta: Array.isArray(body['data']) ? { ...meta, pagination, sort: [], search: null, filter: {} } : meta };
  }

  private value(given: Json, wanted: (name: string, property: Json, required: boolean) => boolean): unknown {
    const schema = this.resolved(given);
    if ('example' in schema) return schema['example'];
    if ('default' in schema) return schema['default'];
    if (Array.isArray(schema['enum'])) return schema['enum'][0] as unknown;
    if (Array.isArray(schema['type']) && schema['type'].includes('null')) return null;
    if (isObject(schema['properties'])) {
      const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : [];
      const properties = Object.entries(schema['properties']).filter(
        (property): property is [string, Json] => isObject(property[1]) && wanted(property[0], property[1], required.includes(property[0])),
      );
      return Object.fromEntries(properties.map(([name, property]) => [name, this.value(property, wanted)]));
    }
    const { type } = schema;
    if (type === 'array') {
      const item = isObject(schema['items']) ? this.value(schema['items'], wanted) : {};
      return isObject(item) && Object.keys(item).length === 0 ? [] : [item];
    }
    return this.plain(type, schema);
  }

  private plain(type: unknown, { format }: Json): unknown {
    switch (type) {
      case 'string':
        return (typeof format === 'string' ? ofFormat[format] : undefined) ?? 'text';
      case 'integer':
      case 'number':
        return 1;
      case 'boolean':
        return false;
      case 'object':
        return {};
      default:
        return null;
    }
  }

  private isExemplary(property: Json): boolean {
    const schema = this.resolved(property);
    return 'example' in schema || isObject(schema['properties']);
  }

  /** The schema that a reference, or the first of several choices, stands for. */
  private resolved(schema: Json): Json {
    const choices = schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf'];
    if (!('example' in schema) && Array.isArray(choices) && isObject(choices[0])) return this.resolved(choices[0]);
    const name = typeof schema['$ref'] === 'string' ? schema['$ref'].split('/').at(-1) : undefined;
    const referred = name === undefined ? undefined : this.schemas[name];
    return isObject(referred) ? this.resolved(referred) : schema;
  }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
