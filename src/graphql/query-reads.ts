import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Kind, OperationTypeNode, type OperationDefinitionNode } from 'graphql';
import { OwnWrites, PositionWaiter } from '#millwright/access';
import { Snapshots } from '#millwright/resources';
import { header, seeOwnWrites } from '../http/index.js';

/** Gives all fields of a query one state of the read models, which has what the same credential has written. */
@Injectable()
export class QueryReads {
  constructor(
    private readonly snapshots: Snapshots,
    private readonly ownWrites: OwnWrites,
    private readonly positions: PositionWaiter,
  ) {}

  async together<Result>(request: FastifyRequest, operation: OperationDefinitionNode, run: () => Promise<Result>): Promise<Result> {
    // Mutations go one after another, and each sees what the one before has done.
    if (operation.operation !== OperationTypeNode.QUERY || isAboutTheSchema(operation)) return run();
    // Who names a position has been heard already.
    if (header(request.headers['x-min-position']) === undefined)
      await seeOwnWrites(request, { ownWrites: this.ownWrites, positions: this.positions });
    return this.snapshots.of(run);
  }

  /** To be called when a request's mutations are done. */
  acknowledge(request: FastifyRequest, position: bigint): void {
    if (request.scope) this.ownWrites.acknowledged(request.scope.principal, position);
  }
}

const isAboutTheSchema = ({ selectionSet }: OperationDefinitionNode): boolean =>
  selectionSet.selections.every((selection) => selection.kind === Kind.FIELD && selection.name.value.startsWith('__'));
