import { Injectable } from '@nestjs/common';
import { KnownAccess, type Scope } from '#millwright/access';
import { EventStore } from '#millwright/event-sourcing';
import type { Receiver } from '#millwright/mail';
import { primaryContactOf, users, vendors } from '#millwright/people';
import { Portal, workOrderRequest } from '#millwright/requests';
import { PersonalRecords } from '#millwright/resources';

/** Where a letter goes, in which language, and what its receiver may read at a site. */
export type Addressed = Readonly<{
  receiver: Receiver;
  language: string | null;
  /** Whether he has pages of his own to go to. */
  hasPages: boolean;
  mayRead(scope: Scope, entityId: number): Promise<boolean>;
}>;

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Finds out where people are written, at the moment that they are: whoever is gone by then, or has no address, is not written. */
@Injectable()
export class Addressees {
  constructor(
    private readonly events: EventStore,
    private readonly records: PersonalRecords,
    private readonly access: KnownAccess,
    private readonly portal: Portal,
  ) {}

  async person(id: number): Promise<Addressed | undefined> {
    const { state } = await this.events.load(users.stream, id);
    const { history } = state;
    if (!history || state.archived || state.erased) return undefined;
    const { values } = await this.records.complete(users, id, state);
    const address = text(values['email']);
    if (address === null) return undefined;
    const name = [values['name'], values['surname']].filter((part) => text(part) !== null).join(' ');
    return {
      receiver: { name, address },
      language: text(values['language']),
      hasPages: true,
      mayRead: async (scope, entityId) => {
        const held = (await this.access.rightsOf(id, history.customerId)).at(entityId);
        return held === 'all' || held.has(scope);
      },
    };
  }

  /** Whom to speak to first at a vendor: he has no account here, and is told what he is to do. */
  async vendor(id: number): Promise<Addressed | undefined> {
    const { state } = await this.events.load(vendors.stream, id);
    if (!state.history || state.archived) return undefined;
    const contact = primaryContactOf((await this.records.complete(vendors, id, state)).values);
    return outsider(text(contact?.['name']), text(contact?.['email']));
  }

  /** Whoever made a request: a person, or somebody who came through a portal and has said how he is reached. */
  async makerOf(requestId: number): Promise<Addressed | undefined> {
    const { history, portalId } = (await this.events.load(workOrderRequest, requestId)).state;
    if (portalId !== null) {
      const contact = await this.portal.contactOf(requestId);
      return outsider(contact?.name ?? null, contact?.email ?? null);
    }
    const maker = history?.created.by;
    return maker?.kind === 'user' ? this.person(Number(maker.id)) : undefined;
  }
}

const outsider = (name: string | null, address: string | null): Addressed | undefined =>
  address === null
    ? undefined
    : { receiver: { name: name ?? '', address }, language: null, hasPages: false, mayRead: () => Promise.resolve(true) };
