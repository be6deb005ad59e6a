import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { OperationTypeNode, type OperationDefinitionNode } from 'graphql';
import { ProjectionEngine } from '#millwright/event-sourcing';
import { Snapshots } from '#millwright/lists';
import { OwnWrites } from '#millwright/resources';
import { header, seeOwnWrites } from '../http/index.js';

/** Gives all fields of a query, and all fields below a mutation, one state of the read models, which has what the same credential has written. */
@Injectable()
export class QueryReads {
  constructor(
    private readonly snapshots: Snapshots,
    private readonly ownWrites: OwnWrites,
    private readonly projections: ProjectionEngine,
  ) {}

  together<Result>(request: FastifyRequest, operation: OperationDefinitionNode, run: () => Promise<Result>): Promise<Result> {
    // Who names a position has been heard already; what a mutation has just done is not in it.
    const isHeard = operation.operation === OperationTypeNode.QUERY && header(request.headers['x-min-position']) !== undefined;
    const { ownWrites, projections } = this;
    return this.snapshots.of(run, isHeard ? undefined : async () => seeOwnWrites(request, { ownWrites, projections }));
  }
}
