import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import type { Detail, DetailCode } from '#millwright/event-sourcing';
import { fieldConstraint } from './field-definition.js';
import { invalid } from './input-refusals.js';

/** More than this many details help nobody, and a hostile body must not become a large answer. */
const detailsAtMost = 100;

rememberWhatClassesAsk();

/**
 * Makes an instance of an input class from plain JSON and checks it; unknown fields are refused, not dropped.
 * `root` is what the fields stand under in the words of the API (`part` → `part.unit_cost`).
 * @throws Rejection VALIDATION_FAILED with one detail a field
 */
export function validatedInput<T extends object>(type: ClassConstructor<T>, value: unknown, root = ''): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid([objectWanted(root, value)]);
  const input = plainToInstance(type, value, { exposeDefaultValues: false });
  // Every check of ours answers at once, and promises at every field would cost more than the checks.
  const errors = validateSync(input, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: false,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
  });
  if (errors.length > 0) throw invalid(detailsOf(errors, root));
  return input;
}

/** The validator looks through every class there is for what an input class inherits, each time; what a class asks for does not change. */
function rememberWhatClassesAsk(): void {
  const storage = getMetadataStorage();
  const lookUp = storage.getTargetValidationMetadatas.bind(storage);
  const known = new Map<unknown, ReturnType<typeof lookUp>>();
  storage.getTargetValidationMetadatas = (type, ...options) => {
    let asked = known.get(type);
    if (!asked) known.set(type, (asked = lookUp(type, ...options)));
    return asked;
  };
}

export function detailsOf(errors: readonly ValidationError[], root = ''): Detail[] {
  const details: Detail[] = [];
  collect(errors, root, details);
  return details;
}

function collect(errors: readonly ValidationError[], parent: string, details: Detail[]): void {
  for (const { property, constraints, children } of errors) {
    if (details.length >= detailsAtMost) return;
    const field = parent === '' ? property : `${parent}.${property}`;
    const [constraint] = Object.entries(constraints ?? {});
    if (constraint) details.push(detail(field, constraint[0], constraint[1]));
    else collect(children ?? [], field, details);
  }
}

function detail(field: string, constraint: string, message: string): Detail {
  if (constraint === 'whitelistValidation') return { field, code: 'unknown_field', message: 'there is no such field' };
  if (constraint !== fieldConstraint) return { field, code: 'not_an_object', message };
  const end = message.indexOf(': ');
  // The validator hands on text; a field has put its code before it.
  return { field, code: message.slice(0, end) as DetailCode, message: message.slice(end + 2) };
}

const objectWanted = (root: string, value: unknown): Detail =>
  value === undefined || value === null
    ? { field: root, code: 'required', message: root === '' ? 'a JSON object is required as body' : 'is required' }
    : { field: root, code: 'not_an_object', message: 'must be an object' };
