import { DataSource, type DataSourceOptions, type ObjectLiteral, type QueryRunner } from 'typeorm';
import { Rejection } from '#millwright/event-sourcing';
import { currentMoment } from '#millwright/lists';
import { viewNotShown } from '../errors/published-error.js';

/** How far a read model has got that is not shown: it knows the log up to `position`. Positions are text. */
export type ReadModelProgress = Readonly<{ read_model: string; position: string; log_position: string }>;

/** Reads are as of the moment of the answer that they are for, where it has one. */
export class ReadDataSource extends DataSource {
  constructor(
    options: DataSourceOptions,
    private readonly progressOf: (view: string) => Promise<ReadModelProgress | undefined>,
  ) {
    super(options);
  }

  /** @throws Rejection UNAVAILABLE (with `progress`) when what is asked for is not shown before it has been folded; what the driver throws */
  override async query<T = unknown>(query: string, parameters?: unknown[] | ObjectLiteral, queryRunner?: QueryRunner): Promise<T> {
    try {
      return await super.query<T>(query, parameters as unknown[], queryRunner ?? (await currentMoment()?.snapshot()));
    } catch (error) {
      const view = viewNotShown(error);
      const progress = view === undefined ? undefined : await this.progressOf(view).catch(() => undefined);
      throw progress ? notShownYet(progress, error) : error;
    }
  }
}

function notShownYet(progress: ReadModelProgress, cause: unknown): Rejection {
  const { read_model, position, log_position } = progress;
  const message = `The read model ${read_model} is being brought up to date, and is at position ${position} of ${log_position}; please repeat the request.`;
  return Object.assign(new Rejection('UNAVAILABLE', message, [], { progress }), { cause });
}
