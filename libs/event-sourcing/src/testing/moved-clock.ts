import type { Clock } from '../clock.js';

/** A clock that stands still until it is moved, forwards or backwards. */
export class MovedClock implements Clock {
  private readonly waiting = new Set<() => void>();
  private instant: Date;

  constructor(instant: string) {
    this.instant = new Date(instant);
  }

  now(): Date {
    return new Date(this.instant);
  }

  until(instant: Date, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.instant < instant && !signal.aborted) return;
        this.waiting.delete(look);
        signal.removeEventListener('abort', look);
        resolve();
      };
      this.waiting.add(look);
      signal.addEventListener('abort', look);
      look();
    });
  }

  moveTo(instant: string): void {
    this.instant = new Date(instant);
    for (const look of [...this.waiting]) look();
  }
}
