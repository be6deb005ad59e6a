import { Param, type PipeTransform } from '@nestjs/common';
import { Rejection } from '#millwright/event-sourcing';

/** What is no positive integer that JSON can hold names nothing: 404, as for an id that does not exist. */
export function idOfPath(text: string): number {
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(id)) throw new Rejection('NOT_FOUND', 'there is no such record');
  return id;
}

/** A place in a list, from 0 on. */
export function placeOfPath(text: string): number {
  return text === '0' ? 0 : idOfPath(text);
}

const idPipe: PipeTransform<string, number> = { transform: idOfPath };

/** A record's id in the path: `@PathId() id: number`, or `@PathId('part_id')`. */
export const PathId = (name = 'id'): ParameterDecorator => Param(name, idPipe);
