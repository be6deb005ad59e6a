import { Injectable } from '@nestjs/common';
import { TrustedProxies } from '#millwright/limits';
import type { Visitor } from './visitor.js';

/** What of a request says who sends it. */
export type AskedBy = Readonly<{
  id: string;
  socket: Readonly<{ remoteAddress?: string }>;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}>;

const text = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header.join(', ') : header);

/** Finds out from where somebody asks. */
@Injectable()
export class Visitors {
  constructor(private readonly proxies: TrustedProxies) {}

  of(request: AskedBy): Visitor {
    const { id, socket, headers } = request;
    const network = this.proxies.addressOf(socket.remoteAddress ?? '', text(headers['x-forwarded-for']));
    return { request, requestId: id, address: network, network, userAgent: text(headers['user-agent']) ?? '' };
  }
}
