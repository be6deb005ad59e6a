import { DataSource, type ObjectLiteral, type QueryRunner } from 'typeorm';
import { currentSnapshot } from '#millwright/resources';

/** Reads go to the snapshot of the answer that they are for, where it has one. */
export class ReadDataSource extends DataSource {
  override query<T = unknown>(query: string, parameters?: unknown[] | ObjectLiteral, queryRunner?: QueryRunner): Promise<T> {
    return super.query<T>(query, parameters as unknown[], queryRunner ?? currentSnapshot());
  }
}
