import { Injectable } from '@nestjs/common';
import { Args, ArgsType, Field, InputType, Int } from '@nestjs/graphql';
import { currentScope, FieldNeedsScope, type RequestScope, type StoredAnswer } from '#millwright/access';
import { Rejection, type CommandContext, type Position, type Row } from '#millwright/event-sourcing';
import {
  aSpoken,
  IdOf,
  partialClassOf,
  Reference,
  spoken,
  validatedInput,
  withRenamedField,
  withSnakeCaseKeys,
  type Class,
  type FieldOptions,
} from '#millwright/fields';
import { currentMoment } from '#millwright/lists';
import { isAboutOneself, type Operation } from '../operations/operation.js';
import { requireWritable, tellsOfReach, withoutUnseenNulls } from '../resource/field-scopes.js';
import { RelatedRecords, type Mention } from '../references/index.js';
import { Writes, type Write } from '../writes.js';

/** What every mutation takes beside its input. */
@ArgsType()
export class MutationOptions {
  @Field(() => String, { nullable: true, description: 'Same key and input: the first answer again, one effect.' })
  idempotencyKey?: string | null;

  @Field(() => Int, { nullable: true, description: 'The `revision` the change is based on; PRECONDITION_FAILED at the first mismatch.' })
  expectedRevision?: number | null;
}

/** The arguments of a mutation beside its input: `@Options() options: MutationOptions`. */
export const Options = (): ParameterDecorator => Args({ type: () => MutationOptions });

/**
 * The `input` argument of a mutation as a validated instance of the command's class: `@Input(RestockPart) input: RestockPart`.
 * The same checks and codes as REST; details name fields in camelCase under `input`.
 */
export const Input = <T extends object>(type: Class<T>): ParameterDecorator =>
  Args(
    'input',
    { type: () => type, description: 'What is to be done, and to what.' },
    {
      transform: (value: unknown) => {
        const input = withSnakeCaseKeys(value);
        try {
          requireWritable(type, input);
        } catch (refusal) {
          throw refusal instanceof Rejection ? underInput(refusal) : refusal;
        }
        return validatedInput(type, withoutUnseenNulls(type, input), 'input');
      },
    },
  );

/** The input of an update: any of the fields that a new record takes, and the record's id. */
export function updateInputOf<Fields extends object>(
  kind: string,
  typeName: string,
  fields: Class<Fields>,
): Class<Partial<Fields> & { id: number }> {
  return changesOf(fields, { typeName, what: kind, id: Reference(kind, idToChange(kind)) });
}

/** The same of what is no kind of record, so that its operation alone looks it up. */
export function updateInputOfOther<Fields extends object>(
  what: string,
  typeName: string,
  fields: Class<Fields>,
): Class<Partial<Fields> & { id: number }> {
  return changesOf(fields, { typeName, what, id: IdOf(what, idToChange(what)) });
}

const idToChange = (what: string): FieldOptions => ({ required: true, description: `The number of the ${spoken(what)} to change.` });

function changesOf<Fields extends object>(
  fields: Class<Fields>,
  { typeName, what, id }: Readonly<{ typeName: string; what: string; id: PropertyDecorator }>,
): Class<Partial<Fields> & { id: number }> {
  const name = `Update${typeName}Input`;
  const update = partialClassOf(fields, name) as Class<Partial<Fields> & { id: number }>;
  id(update.prototype as object, 'id');
  InputType(name, {
    description: `What is to change of ${aSpoken(what)}: a field that is left out stays, null empties one that may be empty${tellsOfReach(fields) ? ', unless whoever asks is not shown it' : ''}.`,
  })(update);
  return update;
}

/** The input of what is done to something that is no kind of record, by its number alone. */
export function idInputOfOther(what: string, typeName: string): Class<{ id: number }> {
  @InputType(`${typeName}IdInput`, { description: `Which ${spoken(what)} is meant.` })
  class IdInput {
    @IdOf(what, { required: true }) id!: number;
  }
  return IdInput;
}

/** What a mutation did: the source of its object type, null where it has nothing to show, and the position that covers it. */
export type Mutated<Source extends Row | null = Row> = Readonly<{ row: Source; position: Position }>;

type Said = Readonly<{
  /** What REST's fields of this command stand under, so that details can name `input.unitCost` for `part.unit_cost`. */
  root?: string;
  /** Which record it is about, by the row that it answers from. */
  about?(row: Row | null): Mention | undefined;
}>;

/** What a request asks of its one mutation by headers, as it would of a write of REST. */
export type MutationHeaders = Readonly<{
  idempotencyKey: string | undefined;
  ifMatch: string | undefined;
  expectedRevisions: CommandContext['expectedRevisions'];
}>;

const headersOfRequests = new WeakMap<RequestScope, MutationHeaders>();

/** To be called before a document with one mutation is run, and only then. */
export const honourHeaders = (scope: RequestScope, headers: MutationHeaders): void => void headersOfRequests.set(scope, headers);

/** Runs mutations with the guarantees of REST's writes: one effect a key, no lost update, and a position to wait for. */
@Injectable()
export class Mutations {
  constructor(
    private readonly writes: Writes,
    private readonly related: RelatedRecords,
  ) {}

  /**
   * @param operation its name, the mutation's field, stands for method and path in the scope of the key
   * @param input what makes two requests with one key the same
   * @throws Rejection of `work`, in the words of the mutation; NOT_FOUND a repeat about a record that whoever asks does not see any more
   */
  async run<Source extends Row | null = Row>(
    operation: Operation,
    input: unknown,
    options: MutationOptions,
    work: () => Promise<Mutated<Source>>,
    { root = '', about }: Said = {},
  ): Promise<Source> {
    try {
      return await this.once(operation, input, options, work, about);
    } catch (error) {
      throw error instanceof Rejection ? underInput(error, root) : error;
    }
  }

  private async once<Source extends Row | null>(
    operation: Operation,
    input: unknown,
    options: MutationOptions,
    work: () => Promise<Mutated<Source>>,
    about: Said['about'],
  ): Promise<Source> {
    const { name, atArchivedSites } = operation;
    const scope = currentScope();
    // What an operation before this one has read is out of date: several mutations may stand in one document.
    this.related.forget();
    const { key, ...conditions } = conditionsOf(options, headersOfRequests.get(scope));
    const keyed = key === undefined ? undefined : { key, operation: `mutation ${name}`, asked: { input: plain(input) } };
    const mentions = isAboutOneself(operation, input, scope.principal.userId) ? undefined : about;
    return this.seen<Source>(
      scope,
      await this.writes.run(
        { scope, atArchivedSites, ...conditions, keyed, about: mentions && (({ body }) => mentions(JSON.parse(body) as Row | null)) },
        async () => storedOf(await work()),
      ),
    );
  }

  private async seen<Source extends Row | null>(
    scope: RequestScope,
    { headers, body, replayed }: StoredAnswer & { replayed: boolean },
  ): Promise<Source> {
    const position = BigInt(headers['X-Position'] ?? 0);
    const before = outcomes.get(scope) ?? { position: 0n, replayed: true };
    outcomes.set(scope, { position: position > before.position ? position : before.position, replayed: before.replayed && replayed });
    // What stands below this field is read as of a moment after it.
    this.related.forget();
    await currentMoment()?.over();
    return JSON.parse(body) as Source;
  }
}

const plain = (input: unknown): unknown => JSON.parse(JSON.stringify(input));

/** The row as a repeat finds it: a first answer is shown from the same, so that the two cannot differ. */
const storedOf = ({ row, position }: Mutated<Row | null>): StoredAnswer => ({
  status: 200,
  headers: { 'X-Position': String(position) },
  body: JSON.stringify(row),
});

/** Key and precondition of a mutation. @throws Rejection MALFORMED_REQUEST where an argument and a header say different things */
function conditionsOf(
  { idempotencyKey, expectedRevision }: MutationOptions,
  headers: MutationHeaders | undefined,
): Pick<Write, 'ifMatch' | 'expectedRevisions'> & Readonly<{ key?: string }> {
  const key = idempotencyKey ?? headers?.idempotencyKey;
  if (headers?.idempotencyKey !== undefined && headers.idempotencyKey !== key) throw twice('idempotencyKey', 'Idempotency-Key');
  if (expectedRevision == null) return { key, ifMatch: headers?.ifMatch, expectedRevisions: headers?.expectedRevisions };
  if (headers?.ifMatch !== undefined) throw twice('expectedRevision', 'If-Match');
  return { key, ifMatch: expectedRevision, expectedRevisions: [expectedRevision] };
}

const twice = (argument: string, name: string): Rejection =>
  new Rejection('MALFORMED_REQUEST', `the argument ${argument} and the header ${name} say the same thing twice; send one of them`);

/** The same refusal, said of the mutation's argument. */
function underInput(refusal: Rejection, root = ''): Rejection {
  const { code, message, details, facts } = refusal;
  const pathOf = (field: string): string => (root !== '' && field.startsWith(`${root}.`) ? field.slice(root.length + 1) : field);
  if (refusal instanceof FieldNeedsScope) return new FieldNeedsScope(`input.${pathOf(refusal.field)}`, refusal.scope);
  const moved = details.map((detail) => {
    const field = pathOf(detail.field);
    // What of a record stands in the way is named where it is, and was not given (S55).
    return { ...detail, field: field.startsWith('procedures.') ? field : `input.${field}` };
  });
  return new Rejection(code, withRenamedField(message, details, moved), moved, facts);
}

type Outcome = Readonly<{ position: Position; replayed: boolean }>;

const outcomes = new WeakMap<RequestScope, Outcome>();

/** The last position that the mutations of a request are covered by, and whether all of them were done by an earlier request; for its headers. */
export const outcomeOfMutations = (scope: RequestScope): Outcome | undefined => outcomes.get(scope);
