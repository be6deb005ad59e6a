import { Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus, type Command } from '@nestjs/cqrs';
import { ApiSchema } from '@nestjs/swagger';
import type { Answer } from '../answer.js';
import { spoken, type Class } from '#millwright/fields';
import type { RawQuery } from '#millwright/lists';
import { addRoutes, ResourceAnswers } from '../operations/routes.js';
import { OverRest, type CommandOperation } from '../operations/operation.js';
import { ApiAnswer, ApiHeading, ApiListQuery, PathId, ResourceBody } from '../rest/index.js';
import { ArchiveResource, CreateResource, UnarchiveResource, UpdateResource } from './resource-commands.js';
import type { ResourceDefinition, Written } from './resource-definition.js';
import { toldOperations } from './resource-notes.js';
import { ResourceReader } from './resource-reader.js';

/** Documents that a creation may be answered with what is there already. */
const Creates = ({ notes, answer }: ResourceDefinition): MethodDecorator =>
  notes.create?.mayBeThere ? ApiAnswer(answer) : () => undefined;

/** The REST edge of a resource: list, show, create, update, archive, bring back, and the operations of its own. */
export function resourceController(resource: ResourceDefinition, operations: readonly CommandOperation[]): Class {
  const { root, path, plural, typeName, list: listed, fields, heading, answer: Full, rowOfList: Row } = resource;
  const { create, change } = fields;
  const told = toldOperations(resource);
  ApiSchema({ name: `${typeName}Input` })(create);

  @ApiHeading(spoken(plural), heading)
  @Controller(`api/v1/${path}`)
  class ResourceController {
    constructor(
      readonly commands: CommandBus,
      readonly resources: ResourceReader,
      readonly answers: ResourceAnswers,
    ) {}

    @Post()
    @OverRest(told.create)
    @ApiAnswer(Full, { status: 201 })
    @Creates(resource)
    create(@ResourceBody(create, root) input: object): Promise<Answer> {
      return this.carryOut(new CreateResource(resource, input));
    }

    @Get()
    @OverRest(told.list)
    @ApiListQuery(listed)
    @ApiAnswer(Row, { list: true })
    list(@Query() query: RawQuery): Promise<Answer> {
      return this.resources.list(resource, query);
    }

    @Get(':id')
    @OverRest(told.one)
    @ApiAnswer(Full)
    one(@PathId() id: number): Promise<Answer> {
      return this.resources.one(resource, id);
    }

    @Patch(':id')
    @OverRest(told.update)
    @ApiAnswer(Full)
    update(@PathId() id: number, @ResourceBody(change, root) changes: object): Promise<Answer> {
      return this.carryOut(new UpdateResource(resource, id, changes));
    }

    @Delete(':id')
    @HttpCode(204)
    @OverRest(told.archive)
    archive(@PathId() id: number): Promise<Answer> {
      return this.carryOut(new ArchiveResource(resource, id));
    }

    @Patch(':id/unarchive')
    @OverRest(told.unarchive)
    @ApiAnswer(Full)
    unarchive(@PathId() id: number): Promise<Answer> {
      return this.carryOut(new UnarchiveResource(resource, id));
    }

    private async carryOut(command: Command<Written>): Promise<Answer> {
      return this.resources.written(resource, await this.commands.execute(command));
    }
  }
  addRoutes(ResourceController.prototype, { resource, operations, Full });
  Object.defineProperty(ResourceController, 'name', { value: `${typeName}Controller` });
  return ResourceController as unknown as Class;
}
