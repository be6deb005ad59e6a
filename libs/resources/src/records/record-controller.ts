import { Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiSchema, type ApiOperationOptions } from '@nestjs/swagger';
import { Answer } from '../answer.js';
import type { Class } from '../fields/index.js';
import { aSpoken, spoken } from '../graphql/descriptions.js';
import type { RawQuery } from '../list-query/index.js';
import { pascalCase } from '../names.js';
import { ApiAnswer, ApiHeading, ApiListQuery, PathId, ResourceBody } from '../rest/index.js';
import { ArchiveRecord, ChangeRecord, RegisterRecord, UnarchiveRecord } from './record-commands.js';
import type { RecordDefinition } from './record-definition.js';
import { RecordReader } from './record-reader.js';
import { answerClassOf } from './record-schema.js';

/** The REST edge of a kind of record: list, show, create, update, archive, bring back. */
export function recordController(definition: RecordDefinition): Class {
  const { name, plural, typeName, fields, change, list, scope } = definition;
  const told = operationsOf(definition);
  ApiSchema({ name: `${typeName}Input` })(fields);
  const Full = answerClassOf(definition, 'full');
  const Row = answerClassOf(definition, 'row');

  @ApiHeading(
    plural.replaceAll('_', ' '),
    scope === 'entity' ? 'Those of the site that `X-Entity-Id` names.' : 'Those of the whole customer, at every site.',
  )
  @Controller(`api/v1/${plural}`)
  class RecordController {
    constructor(
      private readonly commands: CommandBus,
      private readonly records: RecordReader,
    ) {}

    @Post()
    @ApiOperation(told.create)
    @ApiAnswer(Full, { status: 201 })
    async create(@ResourceBody(fields, name) input: object): Promise<Answer> {
      return this.records.written(definition, await this.commands.execute(new RegisterRecord(definition, input)));
    }

    @Get()
    @ApiOperation(told.list)
    @ApiListQuery(list)
    @ApiAnswer(Row, { list: true })
    list(@Query() query: RawQuery): Promise<Answer> {
      return this.records.list(definition, query);
    }

    @Get(':id')
    @ApiOperation(told.one)
    @ApiAnswer(Full)
    one(@PathId() id: number): Promise<Answer> {
      return this.records.one(definition, id);
    }

    @Patch(':id')
    @ApiOperation(told.change)
    @ApiAnswer(Full)
    async change(@PathId() id: number, @ResourceBody(change, name) input: object): Promise<Answer> {
      return this.records.written(definition, await this.commands.execute(new ChangeRecord(definition, id, input)));
    }

    @Delete(':id')
    @HttpCode(204)
    @ApiOperation(told.archive)
    async archive(@PathId() id: number): Promise<Answer> {
      return this.records.written(definition, await this.commands.execute(new ArchiveRecord(definition, id)));
    }

    @Patch(':id/unarchive')
    @ApiOperation(told.unarchive)
    @ApiAnswer(Full)
    async unarchive(@PathId() id: number): Promise<Answer> {
      return this.records.written(definition, await this.commands.execute(new UnarchiveRecord(definition, id)));
    }
  }
  Object.defineProperty(RecordController, 'name', { value: `${typeName}Controller` });
  return RecordController as unknown as Class;
}

/** What the document says of the operations of a kind of record; their ids are the names that GraphQL has for them. */
function operationsOf({ name, plural, typeName }: RecordDefinition) {
  const [one, aRecord, many] = [spoken(name), aSpoken(name), spoken(plural)];
  return {
    create: {
      operationId: `create${typeName}`,
      summary: `Create ${aRecord}`,
      description: 'A field that is left out is empty or has its default. `Location` says where the record is.',
    },
    list: {
      operationId: `list${pascalCase(plural)}`,
      summary: `List ${many}`,
      description: `A page of the ${many} that the filters find; archived ones only where \`archived\` is among the filters.`,
    },
    one: {
      operationId: `get${typeName}`,
      summary: `Show ${aRecord}`,
      description: 'An archived one is shown, too.',
    },
    change: {
      operationId: `update${typeName}`,
      summary: `Update ${aRecord}`,
      description: 'Only the fields that are sent change. An archived one is to be brought back first.',
    },
    archive: {
      operationId: `archive${typeName}`,
      summary: `Archive ${aRecord}`,
      description: 'Its history stays, and what refers to it still shows it. One that is archived already stays so.',
    },
    unarchive: {
      operationId: `unarchive${typeName}`,
      summary: `Bring an archived ${one} back`,
      description: 'It comes back as it was. One that is not archived stays as it is.',
    },
  } as const satisfies Record<string, ApiOperationOptions>;
}
