import { ServerProcess, type ServerOptions } from '../server-process.js';

/** A server for the length of a proof; when the proof cannot be finished, what the server said last is part of the error. */
export async function withServer<T>(work: (server: ServerProcess) => Promise<T>, options?: ServerOptions): Promise<T> {
  const server = await ServerProcess.create(options);
  try {
    await server.start();
    return await work(server);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nThe server said last:\n${server.lastOutput()}`, {
      cause: error,
    });
  } finally {
    await server.dispose();
  }
}
