import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A letter as a person reads it. */
export type Letter = Readonly<{ to: string; subject: string; text: string }>;

/** A real mail server in this process, which delivers nothing: the tests read what comes. */
export class PostOffice {
  /** Those that nobody has asked for yet. */
  readonly letters: Letter[] = [];
  /** How many letters are refused before the next is taken. */
  refused = 0;
  /** The most connections that there were at once. */
  connectedAtMost = 0;
  private arrived: () => void = () => undefined;
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onConnect: (_session, done) => {
      this.connectedAtMost = Math.max(this.connectedAtMost, this.server.connections.size);
      done();
    },
    onData: (stream, { envelope }, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        if (this.refused > 0) {
          this.refused -= 1;
          return done(Object.assign(new Error('Come again'), { responseCode: 451 }));
        }
        const to = envelope.rcptTo.map(({ address }) => address).join();
        this.letters.push({ ...readable(Buffer.concat(parts).toString()), to });
        done();
        this.arrived();
      });
    },
  });

  static async start(): Promise<PostOffice> {
    const office = new PostOffice();
    await new Promise<void>((resolve) => office.server.listen(0, '127.0.0.1', () => resolve()));
    return office;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  /** The next letter to an address, once it is there. */
  async letterTo(address: string): Promise<Letter> {
    for (;;) {
      const found = this.letters.findIndex(({ to }) => to === address);
      const [letter] = found < 0 ? [] : this.letters.splice(found, 1);
      if (letter) return letter;
      await new Promise<void>((resolve) => (this.arrived = resolve));
    }
  }

  stop = (): Promise<void> => new Promise<void>((resolve) => this.server.close(() => resolve()));
}

const bytesOf = (quoted: string): string =>
  quoted.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
const textOf = (quoted: string): string => Buffer.from(bytesOf(quoted), 'latin1').toString('utf8');

function readable(raw: string): Omit<Letter, 'to'> {
  const [head = '', ...body] = raw.split('\r\n\r\n');
  const subject = (/^Subject: (.*(?:\r\n\s.*)*)/m.exec(head)?.[1] ?? '').replace(/\?=\r?\n?\s+=\?/g, '?==?').replace(/\r\n\s/g, ' ');
  const words = subject
    .replace(/=\?UTF-8\?B\?(.*?)\?=/gi, (_, encoded: string) => Buffer.from(encoded, 'base64').toString('utf8'))
    .replace(/(?:=\?UTF-8\?Q\?.*?\?=)+/gi, (encoded) => textOf(encoded.replace(/=\?UTF-8\?Q\?|\?=/gi, '').replaceAll('_', ' ')));
  const text = body.join('\r\n\r\n');
  const encoding = /^Content-Transfer-Encoding: (\S+)/im.exec(head)?.[1];
  if (encoding === 'base64') return { subject: words, text: Buffer.from(text, 'base64').toString('utf8') };
  return { subject: words, text: encoding === 'quoted-printable' ? textOf(text) : text };
}
