import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import type { LogLevel } from '../config.js';

/** How long an ordinary line may wait for others to be written with, and how many characters may wait. */
const linesRest = { milliseconds: 100, characters: 8_192 };

/** What has gone wrong is written at once: whoever looks why a process died must find it. */
const isOrdinary = (line: string): boolean => /^\{"level":"(info|debug|trace)"/.test(line);

/**
 * The logger of the whole process: a JSON line an entry, on stderr, so that stdout stays for what a person is told at the start. Ordinary lines are
 * written several at a time, since each write is a call of the operating system that a request would wait for; the end of the process writes the rest.
 */
export function createLogger(level: LogLevel): Logger {
  const destination = pino.destination({ fd: 2, sync: true });
  destination.on('error', () => undefined); // nobody reads it any more (EPIPE): work goes on without a log
  let waiting = '';
  // Not with the destination's own `minLength`: its `flushSync` tries for ever where nobody reads.
  const writeNow = (): void => {
    if (waiting !== '') destination.write(waiting);
    waiting = '';
  };
  setInterval(writeNow, linesRest.milliseconds).unref();
  process.on('exit', writeNow);
  const lines = {
    write(line: string): void {
      waiting += line;
      if (!isOrdinary(line) || waiting.length >= linesRest.characters) writeNow();
    },
  };
  return pino(
    {
      level,
      base: undefined,
      serializers: { err: (error: unknown) => describe(error) },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    lines,
  );
}

type Described = Readonly<{ type: string; message: string; code?: unknown; stack?: string; cause?: Described }>;

/** What a log line says of an error. Not its other properties: a database error carries its whole connection along. */
function describe(error: unknown, depth = 0): Described | string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause } = error;
  const inner = cause instanceof Error && depth < 3 ? describe(cause, depth + 1) : undefined;
  return {
    type: name,
    message,
    ...('code' in error ? { code: error.code } : {}),
    ...(stack === undefined ? {} : { stack }),
    ...(typeof inner === 'object' ? { cause: inner } : {}),
  };
}

/** Nest's own messages, as lines of the same log. What it says while wiring modules is of interest to its developers only. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(factsOf(rest), String(message));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.logger.trace(factsOf(rest), String(message));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(factsOf(rest), String(message));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn(factsOf(rest), String(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    // Nest says this and throws it as well; whoever started us is told in a sentence.
    if (/\b(listen|getaddrinfo) E[A-Z]/.test(String(message))) return this.debug(message, ...rest);
    if (message instanceof Error) this.logger.error({ err: message, ...factsOf(rest) }, message.message);
    else this.logger.error(factsOf(rest), String(message));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.logger.fatal(factsOf(rest), String(message));
  }
}

/** Nest's last argument is the name of the class that speaks; one before it may be a stack. */
const factsOf = (rest: readonly unknown[]): object => ({
  context: typeof rest.at(-1) === 'string' ? rest.at(-1) : undefined,
  stack: rest.length > 1 && typeof rest[0] === 'string' ? rest[0] : undefined,
});
