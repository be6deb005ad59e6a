import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiQuery, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Class } from '#millwright/fields';
import { matchersOf, sortedTexts, sortsOf, type ListDefinition } from '#millwright/lists';

const headings = new Map<string, string>();

/** Puts the operations of a controller under a heading, with a sentence about all of them. */
export function ApiHeading(name: string, description: string): ClassDecorator {
  headings.set(name, description);
  return ApiTags(name);
}

/** What was said about a heading; undefined where there is no controller under it. */
export const descriptionOfHeading = (name: string): string | undefined => headings.get(name);

/** Documents a success: the data under the envelope. */
export function ApiAnswer(
  type: Class,
  { status = 200, list = false, mayBeNull = false }: { status?: number; list?: boolean; mayBeNull?: boolean } = {},
): MethodDecorator {
  const reference = { $ref: getSchemaPath(type) };
  const data = mayBeNull ? { anyOf: [reference, { type: 'null' }] } : reference;
  return applyDecorators(
    ApiExtraModels(type),
    ApiResponse({
      status,
      description: list ? 'One page of the list.' : 'The record.',
      schema: {
        type: 'object',
        required: ['status', 'success', 'data', 'meta'],
        properties: {
          status: { type: 'string', enum: ['success'] },
          success: { type: 'boolean', enum: [true] },
          data: list ? { type: 'array', items: data } : data,
          meta: { type: 'object', additionalProperties: true },
        },
      },
    }),
  );
}

/** Documents the parameters of a list with what its definition allows. */
export function ApiListQuery({ attributes, defaultSort }: ListDefinition): MethodDecorator {
  const filters = Object.entries(attributes).map(
    ([name, { type, choices }]) => `${name}${choices ? ` (one of ${choices.words.join(', ')})` : ''}: ${matchersOf[type].join(' ')}`,
  );
  const integer = (least: number, most: number) => ({ type: 'integer', minimum: least, maximum: most });
  return applyDecorators(
    ApiQuery({ name: 'search', required: false, schema: { type: 'string' } }),
    ApiQuery({
      name: 'sort',
      required: false,
      schema: { type: 'string', default: defaultSort },
      description: `"attribute asc|desc", comma separated. ${sortedTexts(attributes)}Attributes: ${sortsOf(attributes).join(', ')}.`,
    }),
    ApiQuery({ name: 'page', required: false, schema: { ...integer(1, 1_000_000_000), default: 1 } }),
    ApiQuery({ name: 'per_page', required: false, schema: { ...integer(1, 1000), default: 50 } }),
    ApiQuery({
      name: 'cursor',
      required: false,
      schema: { type: 'string' },
      description: 'meta.pagination.next_cursor of the page before.',
    }),
    ApiQuery({
      name: 'filter',
      required: false,
      style: 'deepObject',
      // Without an example of its own Swagger UI would send one that it has made up.
      schema: { type: 'object', additionalProperties: { type: 'string' }, example: {} },
      description: `filter[attribute_matcher]=value, or attribute_matcher=value, or a JSON object. Attributes and matchers: ${filters.join('; ')}.`,
    }),
  );
}
