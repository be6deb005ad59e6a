import { Injectable } from '@nestjs/common';
import { PlainWriter } from './plain-writer.js';
import type { PlainResource, ResourceCommands, ResourceDefinition } from './resource-definition.js';

/** Knows who carries out the commands of each resource. */
@Injectable()
export class ResourceWriters {
  private readonly own = new Map<ResourceDefinition, ResourceCommands>();

  constructor(private readonly plain: PlainWriter) {}

  /** To be called at start, by the service that has the decider of a resource, or more to do than the plain one. */
  register(resource: ResourceDefinition, writer: ResourceCommands): void {
    this.own.set(resource, writer);
  }

  of(resource: ResourceDefinition): ResourceCommands {
    const writer = this.own.get(resource) ?? (resource.decider === 'plain' ? this.plain.of(resource as PlainResource) : undefined);
    if (!writer) throw new Error(`nobody carries out the commands of a ${resource.name}`);
    return writer;
  }
}
