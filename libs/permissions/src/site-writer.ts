import { Injectable, type OnModuleInit } from '@nestjs/common';
import { currentScope, KnownAccess, requireForDeedAt } from '#millwright/access';
import { PositionNotReached, ProcessManagerEngine, Rejection } from '#millwright/event-sourcing';
import { noSuchRecord, PlainWriter, ResourceWriters, type ResourceCommands, type Written } from '#millwright/resources';
import { entities } from '#millwright/sites';
import { siteAdministratorsName } from './site-administrators.js';

const longestWaitMs = 5_000;

/** Writes sites: a person who makes one may work at it by the time that he is answered. */
@Injectable()
export class SiteWriter implements ResourceCommands, OnModuleInit {
  private readonly plain: ResourceCommands;

  constructor(
    private readonly writers: ResourceWriters,
    records: PlainWriter,
    private readonly processes: ProcessManagerEngine,
    private readonly access: KnownAccess,
  ) {
    this.plain = records.of(entities);
  }

  onModuleInit(): void {
    this.writers.register(entities, this);
  }

  /** @throws Rejection what a record is refused with; COMPLETION_PENDING when its administrators take longer than 5 s: the site is there */
  async create(input: object): Promise<Written> {
    const written = await this.plain.create(input);
    if (currentScope().principal.credential.kind !== 'session') return written;
    try {
      await this.processes.waitFor(siteAdministratorsName, written.position, { timeout: longestWaitMs });
    } catch (failure) {
      if (!(failure instanceof PositionNotReached)) throw failure;
      throw new Rejection(
        'COMPLETION_PENDING',
        'The site is made; its administrators are still being named. Repeat the request to wait on.',
        [],
        {
          position: written.position.toString(),
        },
      );
    }
    // Another process may have named them. Whoever waits for the position of the answer finds them at any.
    const named = await this.access.lookAnew();
    return named > written.position ? { ...written, position: named } : written;
  }

  update = (id: number, changes: object): Promise<Written> => this.administered(id, () => this.plain.update(id, changes));
  archive = (id: number): Promise<Written> => this.administered(id, () => this.plain.archive(id));
  unarchive = (id: number): Promise<Written> => this.administered(id, () => this.plain.unarchive(id));

  /** What is held at the site that a request names says nothing of another one, which it is about. @throws Rejection NOT_FOUND, INSUFFICIENT_PERMISSIONS */
  private async administered(id: number, work: () => Promise<Written>): Promise<Written> {
    const scope = currentScope();
    const { rights } = scope.principal;
    if (rights.sites !== 'all' && !rights.sites.has(id)) throw noSuchRecord();
    await requireForDeedAt(scope, ['settings:manage'], [id]);
    return work();
  }
}
