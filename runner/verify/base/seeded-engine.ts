/**
 * What the checks run on: networks of the real engine with one seed, and named random streams
 * (`verify/...`). The defects of wrong engines (mutations.ts) are injected here.
 *
 * @module
 */
import type { EventHandler } from '../../../engine/core/scheduler.ts';
import { openRandomStream, type RandomStream } from '../../../engine/core/stream.ts';
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { Network, type PacketSink } from '../../../engine/net/network.ts';
import { SimWorld, type SimWorldOptions } from '../../../engine/net/sim-world.ts';
import type { RouterName } from '../bundles/delay-chains.ts';

/** The deliberate mistakes of an engine under verification. Absent parts are right. */
export interface Defects {
  /** Changes a network before anything is added to it. */
  readonly sabotage?: (network: Network) => void;
  /** Ratio of the sources' mean packet size to the requested one. */
  readonly sizeFactor?: number;
  /** A link that goes down counts as down only this much later, ns. */
  readonly detectionNs?: number;
  readonly mixes?: MixDefects;
  readonly bundles?: BundleDefects;
  /** Jobs of secure aggregation take no time. */
  readonly isWorkFree?: boolean;
  readonly beacons?: BeaconDefects;
}

/** Deliberate mistakes of control services (beacons/). Absent parts are right. */
export interface BeaconDefects {
  /** Fast recovery is on although it should be off. */
  readonly isFast?: boolean;
  /** Beacons are passed on only in one of this many rounds. */
  readonly everyRounds?: number;
}

/** Deliberate mistakes of bundle agents or of their surroundings (bundles/). Absent parts are right. */
export interface BundleDefects {
  /** Gives the router that really runs when a check asks for a router. */
  readonly routerFor?: (router: RouterName) => RouterName;
  /** Ratio of lost segments of LTP to those that the link should lose. */
  readonly lossFactor?: number;
  /** If true, routes are chosen as if earlier bundles took no room in contacts. */
  readonly isVolumeForgotten?: boolean;
  /** Ratio of the distance at which walkers meet to the requested one. */
  readonly rangeFactor?: number;
  /** One in this many bundles disappears between two agents without a report. */
  readonly everyLost?: number;
  /** In one of this many deliveries, the previous message is delivered again in place of the right one. */
  readonly everySwapped?: number;
}

/** Deliberate mistakes of mixes or of their measurement (mixes/). Absent parts are right. */
export interface MixDefects {
  /** Ratio of drawn delays to requested ones. */
  readonly delayFactor?: number;
  /** Delays are uniform, with the same mean. */
  readonly isUniform?: boolean;
  /** Mix k of a layer sends every message to mix k of the next layer, as in a cascade. */
  readonly isCascade?: boolean;
  /** If true, routes are uniform, whatever the weights of the mixes. */
  readonly hasNoWeights?: boolean;
  /** The estimator treats corrupt mixes as honest ones. */
  readonly isCorruptTrusted?: boolean;
  /** Pool mixes keep one message less than configured. */
  readonly keepsOneLess?: boolean;
  /** Loops return although an adversary blocks them. */
  readonly hasImmuneLoops?: boolean;
  /** The observed sender (Alice) sends in every round, so nothing distinguishes her rounds. */
  readonly hasCover?: boolean;
}

/** A crypto provider without functions, because no check uses cryptography. */
const NO_CRYPTO = { name: 'none' } as CryptoProvider;

/** The engine for one seed. */
export class SeededEngine {
  readonly seed: number;
  readonly defects: Defects;
  private readonly shared = new Map<string, unknown>();

  constructor(seed: number, defects: Defects = {}) {
    this.seed = seed;
    this.defects = defects;
  }

  /** Creates an empty network. */
  network(sink: PacketSink, upper?: EventHandler): Network {
    const network = new Network({
      seed: this.seed,
      sink,
      ...(upper === undefined ? {} : { upper }),
    });
    this.defects.sabotage?.(network);
    return network;
  }

  /** Creates an empty world with hosts. */
  world(options: Pick<SimWorldOptions, 'buffers' | 'streams'> = {}): SimWorld {
    const world = new SimWorld({
      seed: this.seed,
      epochSeconds: 0,
      cryptoFor: (): CryptoProvider => NO_CRYPTO,
      ...options,
    });
    this.defects.sabotage?.(world.network);
    return world;
  }

  /** Opens the random stream `verify/<name>` of this seed. */
  stream(name: string, purpose: string): RandomStream {
    return openRandomStream(this.seed, `verify/${name}`, purpose);
  }

  /** Returns a function that draws packet sizes, geometric on 1, 2, 3, ... with this mean, bytes. */
  geometricSizes(stream: RandomStream, meanBytes: number): () => number {
    const mean = meanBytes * (this.defects.sizeFactor ?? 1);
    return (): number => stream.geometric(mean);
  }

  /** The result of a run that several checks evaluate; `run` is called once for each name. */
  once<T>(name: string, run: () => T): T {
    if (!this.shared.has(name)) this.shared.set(name, run());
    return this.shared.get(name) as T;
  }
}
