import { Command } from '@nestjs/cqrs';
import { handlerOf } from '../operations/command-handler.js';
import type { ResourceDefinition, Written } from './resource-definition.js';
import { ResourceWriters } from './resource-writers.js';

export class CreateResource extends Command<Written> {
  constructor(
    readonly resource: ResourceDefinition,
    readonly input: object,
  ) {
    super();
  }
}

export class UpdateResource extends Command<Written> {
  constructor(
    readonly resource: ResourceDefinition,
    readonly id: number,
    readonly changes: object,
  ) {
    super();
  }
}

export class ArchiveResource extends Command<Written> {
  constructor(
    readonly resource: ResourceDefinition,
    readonly id: number,
  ) {
    super();
  }
}

export class UnarchiveResource extends Command<Written> {
  constructor(
    readonly resource: ResourceDefinition,
    readonly id: number,
  ) {
    super();
  }
}

export const resourceHandlers = [
  handlerOf(
    CreateResource,
    ResourceWriters,
    (writers, { resource, input }) => writers.said(resource, (commands) => commands.create(input)),
    ({ resource, input }) => ({ [resource.root]: input }),
  ),
  handlerOf(
    UpdateResource,
    ResourceWriters,
    (writers, { resource, id, changes }) => writers.said(resource, (commands) => commands.update(id, changes)),
    ({ resource, changes }) => ({ [resource.root]: changes }),
  ),
  handlerOf(ArchiveResource, ResourceWriters, (writers, { resource, id }) => writers.of(resource).archive(id)),
  handlerOf(UnarchiveResource, ResourceWriters, (writers, { resource, id }) => writers.of(resource).unarchive(id)),
];
