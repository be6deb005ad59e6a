import { DataSource, type EntityManager } from 'typeorm';

/** Repositories on a database of the tests; whoever asks for them ends them with `dataSource.destroy()`. */
export async function entitiesIn(url: string, entities: readonly (new () => object)[]): Promise<EntityManager> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    installExtensions: false,
    entities: [...entities],
    poolErrorHandler: () => undefined, // connections that are being closed while the database is dropped
  });
  return (await dataSource.initialize()).manager;
}
