import { lineSeparator } from './domain/call-line.js';

/** Lines as the database takes them: UTF-8, with a separator between them. */
export type GatheredText = Readonly<{ bytes: Buffer; lines: number }>;

const textBytes = 65_536;
const separator = lineSeparator.charCodeAt(0);

/** Lines that are gathered as bytes. As texts of their own they would be looked at by every collection of garbage for as long as they wait. */
export class GatheredLines {
  private closed: GatheredText[] = [];
  private open: Buffer | undefined;
  private length = 0;
  private lines = 0;

  add(line: string): void {
    // A unit of UTF-16 has at most three bytes in UTF-8; one more separates it from the line before.
    const most = line.length * 3 + 1;
    if (this.open && this.length + most > this.open.length) this.close();
    const open = (this.open ??= Buffer.allocUnsafeSlow(Math.max(textBytes, most)));
    if (this.length > 0) this.length = open.writeUInt8(separator, this.length);
    this.length += open.write(line, this.length);
    this.lines += 1;
  }

  /** All of them, the earliest first. */
  take(): readonly GatheredText[] {
    this.close();
    return this.closed.splice(0);
  }

  private close(): void {
    if (this.open && this.length > 0) this.closed.push({ bytes: this.open.subarray(0, this.length), lines: this.lines });
    this.open = undefined;
    this.length = this.lines = 0;
  }
}
