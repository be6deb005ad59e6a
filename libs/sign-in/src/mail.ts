import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import nodemailer, { type Transporter } from 'nodemailer';
import { EntityManager } from 'typeorm';
import { PublicUrl } from '#millwright/credentials';
import { channel, Outbox, OutboxChannels, systemClock, type Message } from '#millwright/event-sourcing';
import { Links } from './links.js';
import { mailText } from './mail-texts.js';
import { People, type Person } from './people.js';

/** Where letters are handed in, and whose they are; without an address none are written. */
export class MailSettings {
  constructor(
    readonly smtpUrl: string | undefined,
    readonly from: string | undefined,
  ) {}
}

/** What the letter is about. Its link is made when it is written, so that none lies in the outbox. */
type Letter = Readonly<{ about: 'invitation' | 'reset'; until: string; unlessOnItsWay?: boolean }>;

/** In milliseconds: a server that does not answer is tried again, later and later. */
const patience = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
const channelName = 'sign-in-mail';

/** Writes to people, through the outbox: at least once, and in nobody's way. */
@Injectable()
export class Mail implements OnModuleInit {
  private readonly outbox: Outbox;
  private readonly transport: Transporter | undefined;

  constructor(
    private readonly settings: MailSettings,
    private readonly people: People,
    private readonly links: Links,
    private readonly publicUrl: PublicUrl,
    private readonly channels: OutboxChannels,
    entities: EntityManager,
  ) {
    this.outbox = new Outbox(entities, systemClock);
    this.transport = settings.smtpUrl === undefined ? undefined : nodemailer.createTransport({ url: settings.smtpUrl, ...patience });
  }

  onModuleInit(): void {
    this.channels.register(channel({ name: channelName, deliver: (message) => this.deliver(message) }));
  }

  get isThere(): boolean {
    return this.transport !== undefined;
  }

  /** @param userId null: nobody, to whom nothing is written, in the same time as to somebody */
  async write(userId: number | null, letter: Letter): Promise<void> {
    const receiver = userId === null ? 'nobody' : String(userId);
    await this.outbox.put({ id: randomUUID(), channel: channelName, receiver, content: letter });
  }

  private async deliver({ receiver, content, id }: Message): Promise<void> {
    const { about, until, unlessOnItsWay } = content as Letter;
    const userId = Number(receiver);
    const person = Number.isNaN(userId) ? undefined : await this.people.find(userId);
    const expiresAt = new Date(until);
    if (!person?.email || person.status !== 'active' || expiresAt.getTime() <= Date.now()) return;
    if (unlessOnItsWay && (await this.links.isOnItsWay(about, userId))) return;
    if (!this.transport) throw new Error('SMTP_URL is not set');
    // What lay in the outbox at the start is tried again: a link without an address leads nowhere.
    if (this.publicUrl.text === '') throw new Error('the address of this installation is not known before it listens');
    const { link, token } = await this.links.make(about, userId, expiresAt);
    const { name, email: address, language } = person;
    try {
      await this.transport.sendMail({
        from: this.settings.from ?? `Millwright <millwright@${new URL(this.publicUrl.text).hostname}>`,
        to: { name: nameOf(person), address },
        messageId: `<${id}@millwright>`,
        ...mailText(about, { name: name ?? '', link, until: expiresAt, language }),
      });
    } catch (failure) {
      await this.links.takeBack(token);
      // What went wrong is kept beside the message: without the receiver's address, which a server likes to repeat.
      throw new Error(`the mail server did not take a letter: ${codeOf(failure)}`);
    }
  }
}

const nameOf = ({ name, surname }: Person): string => [name, surname].filter((part) => part).join(' ');

function codeOf(failure: unknown): string {
  const { code, responseCode } = failure as Readonly<{ code?: unknown; responseCode?: unknown }>;
  return [code, responseCode].filter((part) => typeof part === 'string' || typeof part === 'number').join(' ') || 'unknown';
}
