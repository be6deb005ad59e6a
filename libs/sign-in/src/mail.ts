import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { channel, Outbox, OutboxChannels, systemClock, type Message } from '#millwright/event-sourcing';
import { MailServer, mailServers } from '#millwright/mail';
import { Links } from './links.js';
import { mailText } from './mail-texts.js';
import { People, type Person } from './people.js';

/** What the letter is about. Its link is made when it is written, so that none lies in the outbox. */
type Letter = Readonly<{ about: 'invitation' | 'reset'; until: string; unlessOnItsWay?: boolean; askedAt?: string }>;

const channelName = 'sign-in-mail';

/** Writes to people, through the outbox: at least once, and in nobody's way. */
@Injectable()
export class Mail implements OnModuleInit {
  private readonly outbox: Outbox;

  constructor(
    private readonly server: MailServer,
    private readonly people: People,
    private readonly links: Links,
    private readonly channels: OutboxChannels,
    entities: EntityManager,
  ) {
    this.outbox = new Outbox(entities, systemClock);
  }

  onModuleInit(): void {
    // Somebody sits there and waits for it.
    const way = { through: mailServers, urgent: true };
    this.channels.register(channel({ name: channelName, ...way, deliver: (message, signal) => this.deliver(message, signal) }));
  }

  get isThere(): boolean {
    return this.server.isThere;
  }

  /** @param userId null: nobody, to whom nothing is written, in the same time as to somebody */
  async write(userId: number | null, letter: Letter): Promise<void> {
    const receiver = userId === null ? 'nobody' : String(userId);
    await this.outbox.put({ id: randomUUID(), channel: channelName, receiver, content: letter });
  }

  private async deliver({ receiver, content, id }: Message, signal: AbortSignal): Promise<void> {
    const { about, until, unlessOnItsWay, askedAt } = content as Letter;
    const userId = Number(receiver);
    const person = Number.isNaN(userId) ? undefined : await this.people.find(userId);
    const expiresAt = new Date(until);
    if (!person?.email || person.status !== 'active' || expiresAt.getTime() <= Date.now()) return;
    if (unlessOnItsWay && (await this.links.isOnItsWay(about, userId, new Date(askedAt ?? Date.now())))) return;
    this.server.requireReady();
    const { link, token } = await this.links.make(about, person, expiresAt);
    const { name, email: address, language } = person;
    const text = mailText(about, { name: name ?? '', link, until: expiresAt, language });
    try {
      await this.server.send({ id, to: { name: nameOf(person), address }, ...text }, signal);
    } catch (failure) {
      await this.links.takeBack(token);
      throw failure;
    }
  }
}

const nameOf = ({ name, surname }: Person): string => [name, surname].filter((part) => part).join(' ');
