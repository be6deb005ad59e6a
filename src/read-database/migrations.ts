import { accessMigrations } from '#millwright/access';
import { credentialMigrations } from '#millwright/credentials';
import { callLogMigrations } from '#millwright/call-log';
import { keptTextMigrations, logMigrations, projectionMigrations, snapshotMigrations } from '#millwright/event-sourcing';
import { limitMigrations } from '#millwright/limits';
import { languageMigrations } from '#millwright/lists';
import { userMigrations } from '#millwright/people';
import { requestMigrations } from '#millwright/requests';
import { signInMigrations } from '#millwright/sign-in';
import { externalReferenceMigrations, peopleMigrations } from '#millwright/resources';
import { logHomeMigrations } from '../event-log/log-home.js';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A frozen step of the database's history. Released ones are never edited; a change is a new step. */
export type SqlMigration = Readonly<{ name: string; sql: string }>;

/**
 * Where the steps come from, in the order they run in; a room is only ever added at the end.
 * Each room numbers its own steps.
 */
const rooms: readonly (readonly [room: string, migrations: readonly SqlMigration[]])[] = [
  ['log', logMigrations],
  ['projections', projectionMigrations],
  ['snapshots', snapshotMigrations],
  ['access', accessMigrations],
  ['people', peopleMigrations],
  ['references', externalReferenceMigrations],
  ['log home', logHomeMigrations],
  ['language', languageMigrations],
  ['kept texts', keptTextMigrations],
  ['users', userMigrations],
  ['requests', requestMigrations],
  ['credentials', credentialMigrations],
  ['limits', limitMigrations],
  ['call log', callLogMigrations],
  ['sign-in', signInMigrations],
];

/** TypeORM sorts by a 13-digit number at the end of a migration's name: the room first, then the step's place in it. */
const firstNumber = 1_700_000_000_000;
const stepsInARoom = 1_000;

function migrationClass(name: string, sql: string): new () => MigrationInterface {
  return class implements MigrationInterface {
    readonly name = name;

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(sql);
    }

    async down(): Promise<void> {
      throw new Error('migrations go forward only');
    }
  };
}

/** Every step, as the class that TypeORM wants. Forward only: there is no way down. */
export const migrations: readonly (new () => MigrationInterface)[] = rooms.flatMap(([room, steps], roomIndex) =>
  steps.map(({ name, sql }, index) => migrationClass(`${room}-${name}-${firstNumber + roomIndex * stepsInARoom + index}`, sql)),
);
