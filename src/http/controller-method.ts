import type { PipeTransform } from '@nestjs/common';
import { CUSTOM_ROUTE_ARGS_METADATA, HTTP_CODE_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ControllerMethod } from '#millwright/resources';

/** What Nest's decorators note of a parameter. */
type Parameter = Readonly<{
  index: number;
  data?: string;
  pipes?: readonly PipeTransform<unknown, unknown>[];
  factory?: (data: unknown, context: ExecutionContextHost) => unknown;
}>;

type Argument = (request: FastifyRequest, reply: FastifyReply) => unknown;

/** The method of a controller as a function of the request. */
export type MethodCall = (request: FastifyRequest, reply: FastifyReply) => unknown;

/**
 * Calls a method with the arguments that its decorators ask for. Nest's own handler does the same by way of guards, interceptors, observables and some
 * twenty promises; nothing of ours stands in those places, and a decorator that is not known here stops the start.
 */
export function callOf(controller: object, { controller: type, name }: ControllerMethod): MethodCall {
  const method = Reflect.get(controller, name) as (this: object, ...given: unknown[]) => unknown;
  const noted = (Reflect.getMetadata(ROUTE_ARGS_METADATA, type, name) ?? {}) as Readonly<Record<string, Parameter>>;
  const wanted: Argument[] = [];
  for (const [key, parameter] of Object.entries(noted)) wanted[parameter.index] = argumentOf(key, parameter, `${type.name}.${name}`);
  return (request, reply) => method.apply(controller, wanted.map((argument) => argument(request, reply))); // prettier-ignore
}

/** The status of an answer that went well, as Nest would set it. */
export const statusOf = (controller: object, { name }: ControllerMethod, verb: string): number =>
  (Reflect.getMetadata(HTTP_CODE_METADATA, Reflect.get(controller, name) as object) as number | undefined) ?? (verb === 'POST' ? 201 : 200);

function argumentOf(key: string, { data, pipes = [], factory }: Parameter, method: string): Argument {
  if (factory && key.includes(CUSTOM_ROUTE_ARGS_METADATA))
    return (request, reply) => factory(data, new ExecutionContextHost([request, reply]));
  const kind: RouteParamtypes = Number(key.split(':')[0]);
  const whole = wholeOf(kind);
  if (!whole) throw new Error(`${method} has a parameter that operations are not given: ${RouteParamtypes[kind] ?? key}`);
  const metadata = { type: kind === RouteParamtypes.PARAM ? 'param' : 'custom', data } as const;
  return (request) => {
    const found = whole(request);
    const value = data === undefined ? found : (found as Readonly<Record<string, unknown>>)[data];
    return pipes.reduce((piped, pipe) => pipe.transform(piped, metadata), value);
  };
}

function wholeOf(kind: RouteParamtypes): ((request: FastifyRequest) => unknown) | undefined {
  switch (kind) {
    case RouteParamtypes.REQUEST:
      return (request) => request;
    case RouteParamtypes.BODY:
      return ({ body }) => body;
    case RouteParamtypes.QUERY:
      return ({ query }) => query;
    case RouteParamtypes.PARAM:
      return ({ params }) => params;
    default:
      return undefined;
  }
}
