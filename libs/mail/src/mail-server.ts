import { Injectable } from '@nestjs/common';
import nodemailer, { type Transporter } from 'nodemailer';
import { PublicUrl } from '#millwright/credentials';
import type { Bottleneck } from '#millwright/event-sourcing';
import { inOneLine } from './in-one-line.js';

/** Where letters are handed in, and whose they are; without an address none are written. */
export class MailSettings {
  constructor(
    readonly smtpUrl: string | undefined,
    readonly from: string | undefined,
  ) {}
}

/** Who gets a letter. */
export type Receiver = Readonly<{ name: string; address: string }>;

/** `id` is the same on every try, so that a mail server that got it twice can tell. */
type Letter = Readonly<{ id: string; to: Receiver; subject: string; text: string }>;

/** In milliseconds: a server that does not answer is tried again, later and later. */
const patience = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };

/** How many letters are handed in at once, and for how many milliseconds a connection waits for the next: mail servers take few from one address. */
const pool = { pool: true, maxConnections: 3, idleTimeout: 1_000 } as const;

/** What all letters go through: one that waited in the pool of connections would use up its time there. */
export const mailServers: Bottleneck = { atOnce: pool.maxConnections };

/** Hands letters in. Whoever writes does so through the outbox, which tries again what fails. */
@Injectable()
export class MailServer {
  private readonly transport: Transporter | undefined;

  constructor(
    private readonly settings: MailSettings,
    private readonly publicUrl: PublicUrl,
  ) {
    this.transport =
      settings.smtpUrl === undefined ? undefined : nodemailer.createTransport({ url: settings.smtpUrl, ...pool, ...patience });
  }

  get isThere(): boolean {
    return this.transport !== undefined;
  }

  /** @throws Error nothing can be sent, or no link be made, at this moment */
  requireReady(): void {
    if (!this.transport) throw new Error('SMTP_URL is not set');
    // What lay in the outbox at the start is tried again: a link without an address leads nowhere.
    if (this.publicUrl.text === '') throw new Error('the address of this installation is not known before it listens');
  }

  /** From now on nothing is sent; a letter that is being handed in is. */
  close(): void {
    this.transport?.close();
  }

  /**
   * @param signal ends it: a letter that waits for its turn is not sent then, for it will be tried again
   * @throws Error the server did not take it: what it says has no receiver in it
   */
  async send({ id, to, subject, text }: Letter, signal: AbortSignal): Promise<void> {
    if (!this.transport) throw new Error('SMTP_URL is not set');
    try {
      await this.transport.sendMail({
        from: this.settings.from ?? `Millwright <millwright@${new URL(this.publicUrl.text).hostname}>`,
        to: { ...to, name: inOneLine(to.name) },
        messageId: `<${id}@millwright>`,
        subject,
        text,
        signal,
      });
    } catch (failure) {
      // What went wrong is kept beside the message: without the receiver's address, which a server likes to repeat.
      throw new Error(`the mail server did not take a letter: ${codeOf(failure)}`);
    }
  }
}

function codeOf(failure: unknown): string {
  const { code, responseCode } = failure as Readonly<{ code?: unknown; responseCode?: unknown }>;
  return [code, responseCode].filter((part) => typeof part === 'string' || typeof part === 'number').join(' ') || 'unknown';
}
