/*
 * Loaded before a program that a test runs as the leader of a process group: when the other end of its standard input is closed, which also happens when
 * the tests are killed, it ends with everything that it has started. Each gets the chance to stop its own database.
 */
process.on('SIGTERM', () => {
  if (process.listenerCount('SIGTERM') === 1) process.exit(143); // what the program itself does about it is better
});
process.stdin
  .once('end', () => {
    process.kill(-process.pid, 'SIGTERM');
    process.kill(-process.pid, 'SIGCONT'); // what a proof has frozen hears it too
  })
  .resume()
  .unref();
