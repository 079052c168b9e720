/**
 * A free TCP port, for tests and tools that start programs which get their port as an argument.
 *
 * @module
 */
import { createServer } from 'node:net';

/** Returns a TCP port of 127.0.0.1 on which nobody listened a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}
