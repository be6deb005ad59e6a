import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Principal } from '#millwright/access';
import type { Position } from '#millwright/event-sourcing';

/** Credentials whose last write is remembered. */
const mostCredentials = 10_000;

/** Where the log stood when a credential's last write was answered by this process: its reads wait for that by themselves. */
@Injectable()
export class OwnWrites {
  private readonly positions = new LRUCache<string, Position>({ max: mostCredentials });

  acknowledged({ customerId, credential }: Principal, position: Position): void {
    const name = nameOf(customerId, credential);
    if (position > (this.positions.get(name) ?? 0n)) this.positions.set(name, position);
  }

  /** Undefined where there is nothing to wait for. */
  latest({ customerId, credential }: Principal): Position | undefined {
    return this.positions.get(nameOf(customerId, credential));
  }
}

const nameOf = (customerId: number, { kind, id }: Principal['credential']): string => `${customerId}/${kind}/${id}`;
