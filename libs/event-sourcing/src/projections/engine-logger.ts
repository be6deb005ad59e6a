/** Where the engine reports to: the shape of pino, so that the application's own logger fits. */
export type EngineLogger = Readonly<{
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}>;

export const silentLogger: EngineLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };
