/**
 * The services of a layer in virtual time: random streams and key material derived from the seed and the layer's name,
 * and jobs on the machine of its host.
 *
 * @module
 */
import { SeededBytes } from '../core/seeded-bytes.ts';
import { openRandomStream, type RandomStream } from '../core/stream.ts';
import type { Job } from '../host/compute.ts';
import type { CryptoProvider } from '../host/crypto.ts';
import type { Random } from '../host/random.ts';
import type { HostLayerServices, LayerOptions } from './host-layer.ts';
import type { Machine } from './machine.ts';
import { NODE_CALL_KINDS } from './node-calls.ts';
import { SimCompute } from './sim-compute.ts';
import type { HostWorld } from './sim-host-world.ts';

/** What the services of a layer need from its host. */
export interface LayerHost {
  readonly name: string;
  readonly index: number;
  readonly machine: Machine;
  readonly crypto: CryptoProvider;
  /** Number of crashes of the host so far. */
  readonly life: number;
}

/** Makes the services of one layer of a host: random streams, key material, and jobs. */
export function createSimLayerServices(
  world: HostWorld,
  host: LayerHost,
  { protocol, jobs = {} }: LayerOptions,
): HostLayerServices {
  const { index, machine, crypto } = host;
  const { network, calls } = world;
  // Name of the layer's random streams: no host, link or scenario has streams of this name, so no two draw the same.
  const name = `layer/${host.name}/${protocol}`;
  const compute = new SimCompute(machine, {
    name: `${host.name}/${protocol}`,
    jobs,
    crypto,
    sharing: (): CryptoProvider => world.crypto.sharing(host.name),
    called: (code): void => calls.run(index, NODE_CALL_KINDS.job, code),
  });
  const keys = new SeededBytes(network.seed, name);
  const streams = new Map<string, RandomStream>();
  return {
    random: (purpose): Random => {
      const stream = streams.get(purpose) ?? openRandomStream(network.seed, name, purpose);
      streams.set(purpose, stream);
      return stream;
    },
    randomBytes: (length) => keys.next(length),
    compute: (job, input, done, options = {}): Job => {
      const { life } = host;
      return compute.start({ job, input, done, options }, () => host.life === life);
    },
    forget: (): void => compute.forget(),
  };
}
