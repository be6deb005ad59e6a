import { Injectable } from '@nestjs/common';
import { currentContext, EventStore, Rejection, sameJson, streamName, type Detail, type Outcome } from '#millwright/event-sourcing';
import { problemsOfChanges, type Class } from '#millwright/fields';
import { duplicateReference, ExternalReferences, isReference, listsSaid, ReferenceChecks } from '../references/index.js';
import { Relations, type Asked } from '../relations/relations.js';
import { noSuchRecord, refuseIf, requireHere, requireLeft, requireWritable } from './refusals.js';
import { storedValues } from './stored-values.js';
import {
  archiveRecord,
  changeRecord,
  changesOf,
  eraseRecord,
  registerRecord,
  unarchiveRecord,
  type Erased,
  type RecordEvent,
  type RecordState,
  type RecordValues,
} from './plain-decider.js';
import type { PlainResource, ResourceCommands, Written } from './resource-definition.js';
import { isPersonal } from './personal-fields.js';
import { PersonalRecords } from './personal-records.js';
import { hasUniqueValues, UniqueValues } from './unique-values.js';
import { completed, nothingKept, personalAfter, wholeRow, withoutPersonal, type CompleteState } from './personal-states.js';
import { keyOf, referenceIn, referenceMove } from './record-references.js';
import { saidChildren } from './said-children.js';
import { Trees } from './trees.js';

/** What a guard wants waited for between a command and its answer. */
type Afterwards = () => Promise<void>;

/** Asked before a record changes, for rules that need to look something up. Throws a Rejection to refuse. */
export type ChangeGuard = (id: number, state: RecordState, changes: RecordValues) => Promise<Afterwards | undefined>;

/** Asked before a record is archived, one archive of its kind after another. Throws a Rejection to refuse. */
export type ArchiveGuard = (id: number) => Promise<Afterwards | undefined>;

/** A state with the revision that it was read at. */
type Existing = CompleteState & Readonly<{ revision: number }>;

/** What a registration came to. */
type Registered = Outcome<RecordState> & Readonly<{ id: number }>;

/** What a change was thought out on, and what it is to become. */
type Change = Readonly<{
  state: Existing;
  wanted: RecordValues;
  changes: RecordValues;
  problems: readonly Detail[];
  asked: Asked;
  /** Fields of which `wanted` has what other sites said. */
  shared: readonly string[];
}>;

/** Carries out the four commands every kind of record has. */
@Injectable()
export class PlainWriter {
  private readonly changeGuards = new Map<Class, ChangeGuard>();
  private readonly archiveGuards = new Map<Class, ArchiveGuard>();

  constructor(
    private readonly events: EventStore,
    private readonly references: ReferenceChecks,
    private readonly externalReferences: ExternalReferences,
    private readonly trees: Trees,
    private readonly people: PersonalRecords,
    private readonly unique: UniqueValues,
    private readonly relations: Relations,
  ) {}

  /** Has a guard asked before every change of this kind of record (the site's currency once a cost exists). @throws Error it has one already */
  guardChanges(definition: PlainResource, guard: ChangeGuard): void {
    setOnce(this.changeGuards, definition, guard);
  }

  /** Has a guard asked before any of this kind of record is archived (the last site of a customer). @throws Error it has one already */
  guardArchive(definition: PlainResource, guard: ArchiveGuard): void {
    setOnce(this.archiveGuards, definition, guard);
  }

  /** The four commands of one kind of record. */
  of(definition: PlainResource): ResourceCommands {
    return {
      create: (input) => this.register(definition, input),
      update: (id, changes) => this.change(definition, id, changes),
      archive: (id) => this.archive(definition, id),
      unarchive: (id) => this.unarchive(definition, id),
    };
  }

  /** @throws Rejection VALIDATION_FAILED, DUPLICATE_REFERENCE, and what the kind's rules say */
  async register(definition: PlainResource, input: object): Promise<Written> {
    const children = await saidChildren(definition.fields, input, this.events);
    const wanted = { ...definition.initial, ...definition.drawn?.(), ...storedValues(definition.fields.input, input, {}), ...children };
    const problems = await this.references.problems(definition.root, definition.fields.input, wanted);
    const asked = await this.relations.asked(definition, null, nothingKept, wanted);
    const values = asked.said;
    const decide = (): RecordEvent[] => {
      refuseIf([...problems, ...this.relations.problems(definition, asked, values)]);
      return registerRecord(definition, values);
    };
    const register = (): Promise<Registered> => this.registerNew(definition, values, decide);
    const registered = await (!definition.tree || values['parent_id'] == null
      ? register()
      : this.trees.oneAtATime(definition, async () => {
          problems.push(...(await this.trees.problems(definition, null, Number(values['parent_id']))));
          return register();
        }));
    return this.written(definition, registered.id, await this.relations.settled(asked, registered));
  }

  private registerNew(definition: PlainResource, values: RecordValues, decide: () => RecordEvent[]): Promise<Registered> {
    if (isPersonal(definition.personal) || hasUniqueValues(definition) || referenceIn(values) !== undefined)
      return this.registerUnderChosenId(definition, values, decide);
    return this.events.create(definition.stream, definition.name, decide);
  }

  /** Where the id must be known before the append: a reference or a unique value is claimed for it, or personal values are written under it. */
  private async registerUnderChosenId(definition: PlainResource, values: RecordValues, decide: () => RecordEvent[]): Promise<Registered> {
    const reference = referenceIn(values);
    const id = await this.idToRegister(definition, reference);
    // A repeat of what once made somebody who is erased by now must not keep or claim anything of him again.
    if (definition.erasable && (await this.events.load(definition.stream, id)).state.erased) throw noSuchRecord();
    const register = (version?: string): Promise<Outcome<RecordState>> =>
      this.events.execute(definition.stream, id, (state) => {
        if (state.registered && reference !== undefined) throw duplicateReference(keyOf(definition, reference), id);
        if (state.registered) throw new Rejection('CONFLICT', 'Another request took the same id; please try again.');
        return decide().map((event) => withoutPersonal(definition.personal, event, version));
      });
    const outcome = await this.unique.keeping(definition, id, undefined, { archived: false, values }, () =>
      this.people.append(definition, id, personalAfter(definition, nothingKept, values), register),
    );
    return { ...outcome, id };
  }

  /** Two creations with one reference get one id: they meet on one stream, where the log lets one through. */
  private async idToRegister(definition: PlainResource, reference: string | undefined): Promise<number> {
    const proposed = await this.freshId(definition);
    if (reference === undefined) return proposed;
    return this.externalReferences.idToCreate(keyOf(definition, reference), proposed, (id) => this.referenceOf(definition, id));
  }

  /**
   * Who loses a race for personal values starts again from what won: the new ones were written before the decision. So does who speaks for one site of a list
   * that another site has changed.
   * @throws Rejection NOT_FOUND, VALIDATION_FAILED, DUPLICATE_REFERENCE, PRECONDITION_FAILED, and what guards and rules say
   */
  async change(definition: PlainResource, id: number, input: object): Promise<Written> {
    const children = await saidChildren(definition.fields, input, this.events);
    for (;;) {
      const state = await this.existing(definition, id);
      const { root, scope, fields } = definition;
      const given = { ...storedValues(fields.input, input, state.values), ...children };
      const asked = await this.relations.asked(definition, id, state, given);
      const before = { ...state, values: asked.before };
      const problems = await this.references.problems(root, fields.input, changesOf(before, given), asked.before);
      const ofAllSites = scope === 'customer';
      const wanted = ofAllSites ? await this.references.withThoseElsewhere(fields.input, asked.said, asked.before) : asked.said;
      const shared = ofAllSites ? listsSaid(fields.input, asked.said).map(({ name }) => name) : [];
      const changes = changesOf(before, { ...wanted, ...asked.ids });
      problems.push(...problemsOfChanges(root, fields.input, changes));
      const parent = changes['parent_id'];
      const change = async (): Promise<Written | undefined> => {
        if (definition.tree && parent != null) problems.push(...(await this.trees.problems(definition, id, Number(parent))));
        return this.changeFrom(definition, id, { state, wanted, changes, problems, asked, shared });
      };
      const done = await (definition.tree && parent != null ? this.trees.oneAtATime(definition, change) : change());
      if (done) return done;
    }
  }

  /** Undefined where somebody else has meanwhile changed what is personal, or what other sites say of a list. */
  private async changeFrom(
    definition: PlainResource,
    id: number,
    { state, wanted, changes, problems, asked, shared }: Change,
  ): Promise<Written | undefined> {
    const guard = this.changeGuards.get(definition.class);
    const afterwards = problems.length === 0 ? await guard?.(id, state, changes) : undefined;
    let overtaken = false;
    const decide = (version?: string): Promise<Outcome<RecordState>> =>
      this.events.execute(definition.stream, id, (current) => {
        requireWritable(current, definition);
        refuseIf([...problems, ...this.relations.problems(definition, asked, { ...current.values, ...wanted })]);
        const whole = completed(definition.personal, current, state.personal);
        overtaken =
          !this.people.isSameVersion(current, state) ||
          !sameJson(personalAfter(definition, whole, wanted), values) ||
          shared.some((name) => !sameJson(current.values[name], state.values[name]));
        if (overtaken) return [];
        return changeRecord(definition, whole, wanted).map((event) => withoutPersonal(definition.personal, event, version));
      });
    const values = problems.length === 0 ? personalAfter(definition, state, wanted) : undefined;
    const change = (): Promise<Outcome<CompleteState>> => this.people.append(definition, id, values, decide);
    const outcome = await (problems.length === 0 ? this.claimingFirst(definition, id, state, changes, change) : change());
    if (overtaken) return undefined;
    await this.people.forgetOlder(definition, id, { state, revision: state.revision }, outcome);
    await afterwards?.();
    return this.written(definition, id, await this.relations.settled(asked, outcome));
  }

  private claimingFirst<T>(
    definition: PlainResource,
    id: number,
    state: CompleteState,
    changes: RecordValues,
    work: () => Promise<T>,
  ): Promise<T> {
    const holds = async (holder: number, reference: string): Promise<boolean> =>
      isReference(await this.referenceOf(definition, holder), reference);
    const after = { archived: state.archived, values: { ...state.values, ...changes } };
    return this.externalReferences.move(referenceMove(definition, id, { before: state.values, changes, holds }), () =>
      this.unique.keeping(definition, id, state, after, work),
    );
  }

  /** @throws Rejection NOT_FOUND, PRECONDITION_FAILED, and what the kind's guard and rules say */
  async archive(definition: PlainResource, id: number): Promise<Written> {
    const guard = this.archiveGuards.get(definition.class);
    const archive = (): Promise<Written> =>
      this.decideOn(definition, id, (state) => archiveRecord(definition.typeName, definition.rules, state, id), { archived: true });
    if (!guard) return archive();
    const [archived, afterwards] = await this.trees.oneAtATime(definition, async () => {
      const settle = (await this.existing(definition, id)).archived ? undefined : await guard(id);
      return [await archive(), settle] as const;
    });
    await afterwards?.();
    return archived;
  }

  /** @throws Rejection NOT_FOUND, PRECONDITION_FAILED, VALIDATION_FAILED another one has a value by now that must be unique */
  unarchive(definition: PlainResource, id: number): Promise<Written> {
    return this.decideOn(definition, id, (state) => unarchiveRecord(definition.typeName, state), { archived: false });
  }

  /**
   * Has a record show `instead` in place of all that is personal of it, from its event on and for good. What is kept of it beside that is the caller's.
   * @throws Rejection NOT_FOUND, ALREADY_ERASED, PRECONDITION_FAILED
   */
  async erase(
    definition: PlainResource,
    id: number,
    instead: RecordValues,
    reason: Erased,
  ): Promise<Written & Readonly<{ erased: Erased }>> {
    const outcome = await this.people.append(definition, id, instead, (version = '') =>
      this.events.execute(definition.stream, id, (state) => {
        requireHere(state.history, definition.scope);
        return eraseRecord(definition.typeName, state, { ...reason, storedAs: version });
      }),
    );
    // An earlier try of the same request has kept the reason elsewhere.
    return { ...(await this.written(definition, id, outcome)), erased: outcome.state.erased ?? reason };
  }

  private async decideOn(
    definition: PlainResource,
    id: number,
    decide: (state: RecordState) => RecordEvent[],
    after: Pick<RecordState, 'archived'>,
  ): Promise<Written> {
    requireLeft(definition, () => ({ id }));
    const work = (): Promise<Outcome<RecordState>> =>
      this.events.execute(definition.stream, id, (state) => {
        requireWritable(state, definition);
        return decide(state);
      });
    const before = hasUniqueValues(definition) ? await this.existing(definition, id) : undefined;
    const outcome = await (before ? this.unique.keeping(definition, id, before, { ...before, ...after }, work) : work());
    return this.written(definition, id, await this.people.completeOutcome(definition, id, outcome));
  }

  private async existing(definition: PlainResource, id: number): Promise<Existing> {
    requireLeft(definition, () => ({ id }));
    const { state, revision } = await this.events.load(definition.stream, id);
    requireWritable(state, definition);
    return { ...(await this.people.complete(definition, id, state)), revision };
  }

  /** Undefined where there is no such record. */
  private async referenceOf(definition: PlainResource, id: number): Promise<string | null | undefined> {
    const { state } = await this.events.load(definition.stream, id);
    if (!state.registered) return undefined;
    return referenceIn((await this.people.complete(definition, id, state)).values) ?? null;
  }

  /** What streams beside its own say of it is told as of the position that the answer names; one that was just made has none. */
  private async written(definition: PlainResource, id: number, outcome: Outcome<RecordState>): Promise<Written> {
    const { state, revision, position } = outcome;
    await this.relations.shown(definition, position);
    const beside = revision > 0 ? await definition.companion?.find(id, this.events, position) : undefined;
    return { id, row: { ...wholeRow(definition, id, state, revision), ...beside }, revision, position };
  }

  /** An id without a stream: at first start the built-in records have ids that their sequence does not know. */
  private async freshId(definition: PlainResource): Promise<number> {
    const earlier = currentContext().idempotency?.earlierTry;
    for (;;) {
      const id = await this.events.nextId(definition.name);
      if (earlier && streamName(definition.category, id) in earlier.streams) return id;
      if ((await this.events.load(definition.stream, id)).revision < 0) return id;
    }
  }
}

function setOnce<Guard>(guards: Map<Class, Guard>, { name, class: kind }: PlainResource, guard: Guard): void {
  if (guards.has(kind)) throw new Error(`a second guard of ${name} would take the place of the first`);
  guards.set(kind, guard);
}
