import type { Position, Row } from '#millwright/event-sourcing';

/** A resource right after a command, from the decided state. */
export type Written = Readonly<{
  id: number;
  row: Row;
  revision: number;
  position: Position;
  /** 200 where a creation was answered with what is there already. */
  status?: 200;
}>;
