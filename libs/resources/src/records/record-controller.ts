import { Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Answer } from '../answer.js';
import type { Class } from '../fields/index.js';
import type { RawQuery } from '../list-query/index.js';
import { ApiAnswer, ApiListQuery, PathId, ResourceBody } from '../rest/index.js';
import { ArchiveRecord, ChangeRecord, RegisterRecord, UnarchiveRecord } from './record-commands.js';
import type { RecordDefinition } from './record-definition.js';
import { RecordReader } from './record-reader.js';
import { printedClassOf } from './record-schema.js';

/** The REST edge of a kind of record: list, show, create, update, archive, bring back. */
export function recordController(definition: RecordDefinition): Class {
  const { name, plural, typeName, fields, change, list } = definition;
  const spoken = name.replaceAll('_', ' ');
  const Full = printedClassOf(definition, 'full');
  const Row = printedClassOf(definition, 'row');

  @ApiTags(plural.replaceAll('_', ' '))
  @Controller(`api/v1/${plural}`)
  class RecordController {
    constructor(
      private readonly commands: CommandBus,
      private readonly records: RecordReader,
    ) {}

    @Post()
    @ApiOperation({ summary: `Create a ${spoken}` })
    @ApiAnswer(Full, { status: 201 })
    async create(@ResourceBody(fields, name) input: object): Promise<Answer> {
      return this.records.written(definition, await this.commands.execute(new RegisterRecord(definition, input)));
    }

    @Get()
    @ApiOperation({ summary: `List ${plural.replaceAll('_', ' ')}` })
    @ApiListQuery(list)
    @ApiAnswer(Row, { list: true })
    list(@Query() query: RawQuery): Promise<Answer> {
      return this.records.list(definition, query);
    }

    @Get(':id')
    @ApiOperation({ summary: `Show a ${spoken}` })
    @ApiAnswer(Full)
    one(@PathId() id: number): Promise<Answer> {
      return this.records.one(definition, id);
    }

    @Patch(':id')
    @ApiOperation({ summary: `Update a ${spoken}: only the fields that are sent change` })
    @ApiAnswer(Full)
    async change(@PathId() id: number, @ResourceBody(change, name) input: object): Promise<Answer> {
      return this.records.written(definition, await this.commands.execute(new ChangeRecord(definition, id, input)));
    }

    @Delete(':id')
    @HttpCode(204)
    @ApiOperation({ summary: `Archive a ${spoken}; its history stays` })
    async archive(@PathId() id: number): Promise<Answer> {
      return this.records.written(definition, await this.commands.execute(new ArchiveRecord(definition, id)));
    }

    @Patch(':id/unarchive')
    @ApiOperation({ summary: `Bring an archived ${spoken} back` })
    @ApiAnswer(Full)
    async unarchive(@PathId() id: number): Promise<Answer> {
      return this.records.written(definition, await this.commands.execute(new UnarchiveRecord(definition, id)));
    }
  }
  // The name tells operations apart in the OpenAPI document.
  Object.defineProperty(RecordController, 'name', { value: `${typeName}Controller` });
  return RecordController as unknown as Class;
}
