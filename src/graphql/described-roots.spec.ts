import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { GraphQLSchema } from 'graphql';
import { OverGraphql, reads } from '#millwright/resources';
import { assertRootsDescribed } from './graphql.module.js';

const countBadges = reads({
  name: 'countBadges',
  scopes: ['badges:read'],
  summary: 'Count badges',
  description: 'All that were handed out.',
});

@Resolver()
class DescribedResolver {
  @Query(() => Int)
  @OverGraphql(countBadges)
  badges(): number {
    return 2;
  }
}

@Resolver()
class ForgottenResolver {
  @Query(() => Int)
  holders(): number {
    return 3;
  }
}

@Resolver()
class MistakenResolver {
  @Mutation(() => Int)
  @OverGraphql(countBadges)
  createBadge(): number {
    return 4;
  }
}

describe('the way in over GraphQL', () => {
  it('carries the description of its operation', async () => {
    const schema = await schemaOf(DescribedResolver);
    expect(schema.getQueryType()?.getFields()['badges']?.extensions['operation']).toBe(countBadges);
    assertRootsDescribed(schema);
  });

  it('keeps the program from starting where no operation describes it', async () => {
    const schema = await schemaOf(DescribedResolver, ForgottenResolver);
    expect(() => assertRootsDescribed(schema)).toThrow('Query.holders is described by no operation');
  });

  it('keeps the program from starting where it writes and is described as a reading', async () => {
    const schema = await schemaOf(DescribedResolver, MistakenResolver);
    expect(() => assertRootsDescribed(schema)).toThrow('Mutation.createBadge writes, but countBadges is described as what reads');
  });
});

async function schemaOf(...resolvers: (new () => object)[]): Promise<GraphQLSchema> {
  const application = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, { logger: false });
  try {
    return await application.get(GraphQLSchemaFactory).create(resolvers);
  } finally {
    await application.close();
  }
}
