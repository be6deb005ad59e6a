import { DataSource, type ObjectLiteral, type QueryRunner } from 'typeorm';
import { currentMoment } from '#millwright/resources';

/** Reads are as of the moment of the answer that they are for, where it has one. */
export class ReadDataSource extends DataSource {
  override async query<T = unknown>(query: string, parameters?: unknown[] | ObjectLiteral, queryRunner?: QueryRunner): Promise<T> {
    return super.query<T>(query, parameters as unknown[], queryRunner ?? (await currentMoment()?.snapshot()));
  }
}
