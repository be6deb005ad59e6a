import { Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { GraphQLModule, GraphQLSchemaHost } from '@nestjs/graphql';
import type { MercuriusDriverConfig } from '@nestjs/mercurius';
import type { FastifyInstance } from 'fastify';
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { assertDescribed, operationOf } from '#millwright/resources';
import { limitOperations, serveGraphql } from './graphql-endpoint.js';
import { guardSchema } from './guards.js';
import { limits } from './limits.js';
import { servePlayground } from './playground.js';
import { QueryReads } from './query-reads.js';
import { SchemaDriver } from './schema-driver.js';

/** The types that every document begins with are made by the framework, which takes no description for them; what a field needs stands with its operation. */
function describeRoots(schema: GraphQLSchema): void {
  const query = schema.getQueryType();
  const mutation = schema.getMutationType();
  if (query) query.description = 'What can be read. All fields of one document are of one moment.';
  if (mutation)
    mutation.description =
      'What can be changed, one mutation after another. Each names the codes that it refuses with; those that any request may end with are in docs/errors.md.';
  for (const field of [query, mutation].flatMap((root) => Object.values(root?.getFields() ?? {}))) {
    const { scopes = [], anyOf = [] } = operationOf(field) ?? {};
    const needed = [scopes, anyOf].flatMap((some, index) => some.map((scope) => `\`${scope}\``).join(index === 0 ? ' and ' : ' or ') || []);
    if (needed.length > 0) field.description = `${field.description ?? ''} Needs ${needed.join(' and ')}.`;
  }
}

/** @throws Error where there is a field that no operation describes */
export function assertRootsDescribed(schema: GraphQLSchema): void {
  const roots = [
    ['reads', schema.getQueryType()],
    ['writes', schema.getMutationType()],
  ] as const;
  for (const [does, root] of roots)
    for (const field of Object.values(root?.getFields() ?? {})) assertDescribed(`${root?.name}.${field.name}`, does, operationOf(field));
}

/** The module's options, injected by this class. */
class GraphqlOptions {
  constructor(
    readonly logger: Logger,
    readonly playground: boolean,
  ) {}
}

/** The GraphQL edge: the schema of all resolvers, its endpoint, its limits, and a playground in development. */
@Module({})
export class GraphqlEdgeModule implements OnModuleInit {
  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly schema: GraphQLSchemaHost,
    private readonly options: GraphqlOptions,
    private readonly reads: QueryReads,
  ) {}

  static on({ logger, playground }: { logger: Logger; playground: boolean }): DynamicModule {
    return {
      module: GraphqlEdgeModule,
      imports: [
        GraphQLModule.forRoot<MercuriusDriverConfig>({
          driver: SchemaDriver,
          autoSchemaFile: true,
          // The framework would ask its draft of the schema for all of itself, a third of a second of every start; what is served mercurius validates.
          buildSchemaOptions: { skipCheck: true },
          routes: false,
          graphiql: false,
          graphql: { parseOptions: { maxTokens: limits.tokens, noLocation: false }, validateOptions: { maxErrors: 10 } },
          // Errors keep what they are until the endpoint shows them; mercurius would turn them into its own.
          errorFormatter: (execution: ExecutionResult) => ({ statusCode: 200, response: execution }),
        } as MercuriusDriverConfig),
      ],
      providers: [QueryReads, { provide: GraphqlOptions, useValue: new GraphqlOptions(logger, playground) }],
    };
  }

  async onModuleInit(): Promise<void> {
    const server = this.adapter.httpAdapter.getInstance<FastifyInstance>();
    assertRootsDescribed(this.schema.schema);
    guardSchema(this.schema.schema);
    describeRoots(this.schema.schema);
    serveGraphql(server, () => this.schema.schema, this.reads, this.options.logger);
    if (this.options.playground) await servePlayground(server);
    server.addHook('onReady', async () => limitOperations(server));
  }
}
