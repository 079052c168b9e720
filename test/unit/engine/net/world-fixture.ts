/** Small worlds for the tests of the simulated network. */
import type { CryptoProvider } from '../../../../engine/host/crypto.ts';
import type { LinkDirectionSpec } from '../../../../engine/net/link-spec.ts';
import type { SimHost } from '../../../../engine/net/sim-host.ts';
import { SimWorld, type SimWorldOptions } from '../../../../engine/net/sim-world.ts';

/** Stands in for cryptography, which no test here uses. */
const NO_CRYPTO = { name: 'none' } as CryptoProvider;

/** A fast link: 1 Gbit/s, 1 ms. */
export const FAST: LinkDirectionSpec = { rateBps: 1_000_000_000, delayNs: 1_000_000 };

/** A simulated world. Unless the options say otherwise, returned buffers are overwritten. */
export function makeWorld(options: Partial<SimWorldOptions> = {}): SimWorld {
  const cryptoFor = (): CryptoProvider => NO_CRYPTO;
  return new SimWorld({
    seed: 1,
    epochSeconds: 1_700_000_000,
    cryptoFor,
    buffers: 'poison',
    ...options,
  });
}

/** Hosts a and b with the link `ab`. */
export function makePair(
  forward: LinkDirectionSpec = FAST,
  options: Partial<SimWorldOptions> = {},
): { world: SimWorld; a: SimHost; b: SimHost } {
  const world = makeWorld(options);
  const a = world.addHost({ name: 'a', address: '127.0.0.1' });
  const b = world.addHost({ name: 'b', address: '127.0.0.2' });
  world.addLink({
    id: 'ab',
    a: { host: 'a', port: 50_000 },
    b: { host: 'b', port: 50_000 },
    forward,
    backward: FAST,
  });
  return { world, a, b };
}

/** A datagram as its receiver saw it. */
export interface Received {
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly from: number;
}

/** Collects the datagrams that arrive at a port. */
export function collect(host: SimHost, port: number): Received[] {
  const received: Received[] = [];
  host.udp({
    port,
    onDatagram: (buffer, offset, length, from) => {
      received.push({ at: host.now(), bytes: buffer.slice(offset, offset + length), from });
    },
  });
  return received;
}

/** Sends bytes from a new socket. */
export function sender(host: SimHost, to: { host: SimHost; port: number }) {
  const socket = host.udp({ port: 0, onDatagram: () => undefined })!;
  const target = host.endpoint(to.host.address, to.port);
  return (bytes: Uint8Array): string => {
    const buffer = host.alloc(bytes.length);
    buffer.set(bytes);
    return socket.send(buffer, 0, bytes.length, target);
  };
}
