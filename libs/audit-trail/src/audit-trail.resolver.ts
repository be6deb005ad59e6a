import { Args, Query, Resolver } from '@nestjs/graphql';
import { connectionFrom, listComplexity, type ListArguments } from '#millwright/resources';
import { AuditTrailReader } from './audit-trail-reader.js';
import { AuditEventConnection, AuditEventListArguments } from './audit-trail.types.js';

@Resolver()
export class AuditTrailResolver {
  constructor(private readonly trail: AuditTrailReader) {}

  @Query(() => AuditEventConnection, {
    name: 'auditTrail',
    complexity: listComplexity,
    description: 'Every event of the site, in log order.',
  })
  async auditTrail(@Args({ type: () => AuditEventListArguments }) list: ListArguments): Promise<object> {
    return connectionFrom(await this.trail.page(list));
  }
}
