import type { Projection, TableDefinition } from '../projection.js';
import type { Build, BuildCatalog } from './build-catalog.js';
import { narrowed, shapeOf } from './shape.js';

/** The builds as they were read last, and what this code makes of them. */
export class BuildBook {
  builds: readonly Build[] = [];

  constructor(private readonly catalog: BuildCatalog) {}

  async read(): Promise<void> {
    this.builds = await this.catalog.list();
  }

  of({ name }: Projection): Build[] {
    return this.builds.filter((build) => build.projection === name);
  }

  /** The one that answers come from, when they come. */
  serving(projection: Projection): Build | undefined {
    return this.of(projection).find((build) => build.serving && !build.retired);
  }

  /** Those of this code's version and shape, the newest last. */
  own(projection: Projection): Build[] {
    const shape = shapeOf(projection.tables);
    return this.of(projection).filter((build) => build.version === projection.version && build.shape === shape && !build.retired);
  }

  /** The tables of a build as this code can write them; undefined where it cannot. */
  async workable(projection: Projection, build: Build): Promise<readonly TableDefinition[] | undefined> {
    if (build.version > projection.version) return undefined;
    if (build.version === projection.version && build.shape === shapeOf(projection.tables)) return projection.tables;
    return narrowed(projection.tables, await this.catalog.tablesOf(build.schema));
  }
}
