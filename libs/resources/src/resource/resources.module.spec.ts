import { defineReferenceKind, Reference, References, ShownReference } from '#millwright/fields';
import { ResourcesModule } from './resources.module.js';

class Shelf {
  @Reference('locatoin') location_id?: number | null;
  @Reference('rack') rack_id?: number | null;
  @References('prats') part_ids?: number[] | null;
  @ShownReference('uesr') created_by_id!: number;
}

// Rooms refer to one another, so a kind may be defined after what refers to it.
defineReferenceKind({ kind: 'rack' });

describe('a reference to what is no kind of record', () => {
  it('keeps the program from starting, with a sentence that names class, field and the unknown kind', () =>
    expect(() => new ResourcesModule().onModuleInit()).toThrow(
      `no kind of record: ${Shelf.name}.location_id to locatoin, Shelf.part_ids to prats, Shelf.created_by_id to uesr. The kinds are guard, rack`,
    ));
});

class Round {
  @Reference('guard', { demands: 'assignable' }) guard_id?: number | null;
  @References('guard', { demands: 'active' }) others_ids?: number[] | null;
}
defineReferenceKind({ kind: 'guard', demands: { active: { is_active: true } } });

describe('a reference that demands what its kind knows nothing of', () => {
  it('keeps the program from starting, with a sentence that names class and field', () => {
    for (const kind of ['locatoin', 'prats', 'uesr']) defineReferenceKind({ kind });
    expect(() => new ResourcesModule().onModuleInit()).toThrow(
      `No kind says what these fields demand: ${Round.name}.guard_id that a guard is assignable.`,
    );
  });
});
