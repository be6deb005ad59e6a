import { Injectable } from '@nestjs/common';
import { ReferenceChecks } from '../references/index.js';
import { PlainWriter } from './plain-writer.js';
import type { PlainResource, ResourceCommands, ResourceDefinition } from './resource-definition.js';

/** Knows who carries out the commands of each resource. */
@Injectable()
export class ResourceWriters {
  private readonly own = new Map<ResourceDefinition, ResourceCommands>();

  constructor(
    private readonly plain: PlainWriter,
    private readonly references: ReferenceChecks,
  ) {}

  /** To be called at start, by the service that has the decider of a resource, or more to do than the plain one. */
  register(resource: ResourceDefinition, writer: ResourceCommands): void {
    this.own.set(resource, writer);
  }

  /** Carries out what says something of a record: who holds its reference already is named to who sees that. */
  said<T>(resource: ResourceDefinition, carryOut: (commands: ResourceCommands) => Promise<T>): Promise<T> {
    return this.references.namingSeen({ DUPLICATE_REFERENCE: resource.name }, () => carryOut(this.of(resource)));
  }

  of(resource: ResourceDefinition): ResourceCommands {
    const writer = this.own.get(resource) ?? (resource.decider === 'plain' ? this.plain.of(resource as PlainResource) : undefined);
    if (!writer) throw new Error(`nobody carries out the commands of a ${resource.name}`);
    return writer;
  }
}
