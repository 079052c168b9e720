/**
 * Sends bytes to a TCP listener as a client that then closes its half of the connection.
 *
 * @module
 */
import { connect } from 'node:net';

/** A TCP listener. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Turns of the event loop, one a second, after which a connection counts as held. */
const PATIENCE_TURNS = 20;
const TURN_MS = 1_000;

/**
 * Sends bytes, closes this half of the connection, and returns what the listener sent before it closed.
 *
 * Waiting is counted in turns of the event loop: in a process that the machine suspended, a timer of 20 s
 * would fire before the sockets are read.
 * @param from A number that picks one of 200 addresses, because the ports of closed connections cannot be
 *   used again for a minute.
 * @throws {Error} if the listener holds the connection open.
 */
export function sendAndHalfClose(
  { host, port }: Place,
  bytes: Uint8Array,
  from = 0,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const got: Uint8Array[] = [];
    const localAddress = `127.0.${1 + (from % 200)}.1`;
    const socket = connect({ host, port, localAddress }, () => socket.end(bytes));
    let turns = 0;
    const watch = setInterval(() => {
      turns += 1;
      if (turns < PATIENCE_TURNS) return;
      clearInterval(watch);
      socket.destroy();
      reject(new Error(`held: ${Buffer.from(bytes).toString('hex')}`));
    }, TURN_MS);
    socket.on('data', (chunk: Uint8Array) => got.push(chunk));
    // A listener may reset a connection whose bytes it does not understand.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(watch);
      resolve(Buffer.concat(got));
    });
  });
}
