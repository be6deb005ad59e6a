import { knownFields, type BodySchema, type KnownPayload } from './domain/summary.js';

type Described = Readonly<{
  parameters?: readonly Readonly<{ name?: string; in?: string }>[];
  requestBody?: Readonly<{ content?: Readonly<Record<string, Readonly<{ schema?: BodySchema }>>> }>;
}>;

/** What is read of an OpenAPI document. */
export type ApiDocument = Readonly<{
  paths: Readonly<Record<string, object>>;
  components?: Readonly<{ schemas?: Readonly<Record<string, object>> }>;
}>;

/** The allow-list of the log of calls: by `PATCH /api/v1/parts/{id}` the fields and parameters that the operation is documented with. */
export function knownPayloads({ paths, components }: ApiDocument): ReadonlyMap<string, KnownPayload> {
  const schemas = (components?.schemas ?? {}) as Readonly<Record<string, BodySchema>>;
  const resolve = (reference: string): BodySchema | undefined => schemas[reference.replace('#/components/schemas/', '')];
  return new Map(
    Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations as Readonly<Record<string, Described>>).map(([verb, { parameters = [], requestBody }]) => {
        const query = parameters.flatMap(({ in: place, name }) => (place === 'query' && name !== undefined ? [name] : []));
        const body = Object.values(requestBody?.content ?? {})[0]?.schema;
        return [`${verb.toUpperCase()} ${path}`, { body: knownFields(body, resolve), query: new Set(query) }] as const;
      }),
    ),
  );
}
