import { Args, Query, Resolver } from '@nestjs/graphql';
import { connectionFrom, connectionOf, listArgumentsOf, listComplexity, type ListArguments } from '#millwright/lists';
import { OverGraphql } from '#millwright/resources';
import { auditEvent } from './audit-event.shown.js';
import { listAuditTrail } from './audit-trail.operations.js';
import { auditTrailList, AuditTrailReader } from './audit-trail-reader.js';

const AuditEventConnection = connectionOf('AuditEvent', () => auditEvent.type);
const AuditEventListArguments = listArgumentsOf('AuditEvent', auditTrailList);

const ofCustomer = 'Instead of what happened at the site, what concerns all sites. Needs `audit:read` at every one.';

@Resolver()
export class AuditTrailResolver {
  constructor(private readonly trail: AuditTrailReader) {}

  @Query(() => AuditEventConnection, {
    name: 'auditTrail',
    complexity: listComplexity,
    description: 'Every event of the site, in log order.',
  })
  @OverGraphql(listAuditTrail)
  async auditTrail(
    @Args({ type: () => AuditEventListArguments }) list: ListArguments,
    @Args('ofCustomer', { type: () => Boolean, nullable: true, description: ofCustomer }) isOfCustomer?: boolean | null,
  ): Promise<object> {
    return connectionFrom(await this.trail.page(list, isOfCustomer ?? false));
  }
}
