import { Body, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { Detail } from '#millwright/event-sourcing';
import { ApiBody, ApiExtension, ApiExtraModels, getSchemaPath, OmitType } from '@nestjs/swagger';
import type { ClassConstructor } from 'class-transformer';
import { fieldsOf, invalid, validatedInput, type Class } from '#millwright/fields';
import { fieldScopesOf, requireWritable, withoutUnseenNulls } from '../resource/field-scopes.js';
import { idOfPath, placeOfPath } from './path-id.js';

type Request = Readonly<{ body?: unknown; params: Readonly<Record<string, string>> }>;

/** What a body is, and what it stands under. */
type Input = Readonly<{ type: Class; root?: string }>;

/** The handlers that look at a body, and what they take it for; undefined where they judge it themselves. */
const handlersWithBody = new WeakMap<object, Input | undefined>();

function willTakeBody(target: object, method: string | symbol | undefined, input?: Input): void {
  const handler: unknown = method === undefined ? undefined : Reflect.get(target, method);
  if (typeof handler === 'function') handlersWithBody.set(handler, input);
}

/** The body as it came, for a controller that judges it itself. */
export const UncheckedBody = (): ParameterDecorator => (target, method, index) => {
  Body()(target, method, index);
  willTakeBody(target, method);
};

/** What is wrong with the body of an operation that takes none. @throws Rejection VALIDATION_FAILED */
export function refuseBody(body: unknown): void {
  if (body === undefined || body === null) return;
  if (typeof body !== 'object' || Array.isArray(body)) throw invalid([{ field: '', code: 'not_an_object', message: 'must be empty' }]);
  const message = 'there is no such field; this takes no body';
  const details = Object.keys(body).map((field): Detail => ({ field, code: 'unknown_field', message }));
  if (details.length > 0) throw invalid(details.slice(0, 100));
}

/** Whether a method of a controller has a parameter for the body, and one for the query. */
export type TakenParameters = Readonly<{
  body: boolean;
  query: boolean;
  /**
   * To be asked before a kept answer is given again, which is decided on today's rights as well (contract, part 4, S12, S17).
   * @throws Rejection INSUFFICIENT_PERMISSIONS the body says something in a field that takes a right which whoever asks lacks
   */
  requireWritable(body: unknown): void;
}>;

/** What the method takes; its parameters are decorated before it is. */
export function takenBy(controller: object, method: string | symbol): TakenParameters {
  const handler: unknown = Reflect.get(controller, method);
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller.constructor, method) ?? {}) as Readonly<Record<string, unknown>>;
  const input = typeof handler === 'function' ? handlersWithBody.get(handler) : undefined;
  return {
    body: typeof handler === 'function' && handlersWithBody.has(handler),
    requireWritable: (body) => {
      if (input) requireWritable(input.type, input.root === undefined ? body : inner(body, input.root));
    },
    query: Object.keys(parameters).some((parameter) => parameter.startsWith(`${RouteParamtypes.QUERY}:`)),
  };
}

const inner = (body: unknown, root: string): unknown =>
  typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>)[root] : undefined;

/** For an operation that asks nothing of its query: whoever means something by it must not believe it was heard. @throws Rejection VALIDATION_FAILED */
export function refuseQuery(query: object): void {
  const message = 'there is no such parameter here';
  const details = Object.keys(query).map((field): Detail => ({ field, code: 'unknown_field', message }));
  if (details.length > 0) throw invalid(details.slice(0, 100));
}

/** Fields of a command that stand in the path, not in the body: field → path parameter (`{ part_id: 'id' }`). */
export type FieldsFromPath = Readonly<Record<string, string>>;

/**
 * The body of a create or update, which stands under the resource's singular name: `{"part": {…}}`.
 * Gives the handler the validated input; documents the body for OpenAPI.
 * @param mayBeEmpty whether it may be left out, or say nothing
 * @throws Rejection VALIDATION_FAILED
 */
export function ResourceBody<T extends object>(
  type: ClassConstructor<T>,
  root: string,
  fromPath: FieldsFromPath = {},
  mayBeEmpty = false,
): ParameterDecorator {
  const parameter = createParamDecorator((_: unknown, context: ExecutionContext) => {
    const { body, params } = context.switchToHttp().getRequest<Request>();
    const value = mayBeEmpty && saysNothing(body) ? {} : valueUnder(root, body);
    return validatedInput(type, withPath(type, withoutUnseenNulls(type, value), root, fromPath, params), root);
  })();
  return (target, method, index) => {
    parameter(target, method, index);
    documentBody(target, method, documentedClass(type, fromPath), { input: type, root, mayBeEmpty });
  };
}

/** Whether a body was left out, or is as good as that: `{}` (work.md, S75). */
export const saysNothing = (body: unknown): boolean =>
  body == null || (typeof body === 'object' && !Array.isArray(body) && Object.keys(body).length === 0);

/** A body without a root (restock, reconcile …): validated as it stands, documented for OpenAPI. */
export function PlainBody<T extends object>(type: ClassConstructor<T>, fromPath: FieldsFromPath = {}): ParameterDecorator {
  const parameter = createParamDecorator((_: unknown, context: ExecutionContext) => {
    const { body, params } = context.switchToHttp().getRequest<Request>();
    return validatedInput(type, withPath(type, withoutUnseenNulls(type, body ?? {}), '', fromPath, params));
  })();
  return (target, method, index) => {
    parameter(target, method, index);
    documentBody(target, method, documentedClass(type, fromPath), { input: type });
  };
}

/** An operation without a body, whose command has nothing but the ids of the path. */
export const FromPath = <T extends object>(type: ClassConstructor<T>, fromPath: FieldsFromPath): ParameterDecorator =>
  createParamDecorator((_: unknown, context: ExecutionContext) => {
    const { params } = context.switchToHttp().getRequest<Request>();
    return validatedInput(type, withPath(type, {}, '', fromPath, params));
  })();

/** What stands under `root`; every other name beside it is refused. */
function valueUnder(root: string, body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalid([{ field: root, code: 'required', message: `the body must be an object with "${root}"` }]);
  const strangers = Object.keys(body).filter((name) => name !== root);
  if (strangers.length > 0)
    throw invalid([
      ...(Object.hasOwn(body, root) ? [] : [{ field: root, code: 'required', message: 'is required' } as const]),
      ...strangers
        .slice(0, 100)
        .map((field) => ({ field, code: 'unknown_field', message: `there is no such field; the body stands under "${root}"` }) as const),
    ]);
  return Object.entries(body).find(([name]) => name === root)?.[1];
}

/** The value with the ids of the path; a body that names them itself is refused, for the two could differ. */
function withPath(type: Class, value: unknown, root: string, fromPath: FieldsFromPath, params: Request['params']): unknown {
  const fields = Object.keys(fromPath);
  if (fields.length === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const repeated = fields.filter((field) => Object.hasOwn(value, field));
  if (repeated.length > 0)
    throw invalid(
      repeated.map((field) => ({
        field: root === '' ? field : `${root}.${field}`,
        code: 'unknown_field',
        message: 'there is no such field',
      })),
    );
  // A field that is no id is a place in a list.
  const isPlace = (field: string): boolean => fieldsOf(type).some(({ name, stored }) => name === field && stored?.attribute === 'integer');
  const said = Object.entries(fromPath).map(([field, parameter]) => {
    const text = params[parameter] ?? '';
    return [field, isPlace(field) ? placeOfPath(text) : idOfPath(text)] as const;
  });
  return { ...value, ...Object.fromEntries(said) };
}

function documentedClass<T extends object>(type: ClassConstructor<T>, fromPath: FieldsFromPath): ClassConstructor<object> {
  const fields = Object.keys(fromPath) as (keyof T)[];
  if (fields.length === 0) return type;
  const body = OmitType(type, fields);
  Object.defineProperty(body, 'name', { value: `${type.name}Body` });
  return body;
}

function documentBody(
  target: object,
  method: string | symbol | undefined,
  type: ClassConstructor<object>,
  { input, root, mayBeEmpty = false }: Readonly<{ input: Class; root?: string; mayBeEmpty?: boolean }>,
): void {
  willTakeBody(target, method, { type: input, root });
  const descriptor = method === undefined ? undefined : Object.getOwnPropertyDescriptor(target, method);
  if (method === undefined || !descriptor) return;
  const schema = { $ref: getSchemaPath(type) };
  ApiExtraModels(type)(target, method, descriptor);
  const scopes = fieldScopesOf(input);
  if (Object.keys(scopes).length > 0) ApiExtension('x-field-scopes', scopes)(target, method, descriptor);
  const under = (name: string): object => ({ type: 'object', ...(!mayBeEmpty && { required: [name] }), properties: { [name]: schema } });
  ApiBody({ required: !mayBeEmpty, schema: root === undefined ? schema : under(root) })(target, method, descriptor);
}
