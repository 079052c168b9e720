/**
 * What the checks run on: networks of the real engine under one seed, and named streams
 * (`verify/...`). Wrong engines (mutations.ts) are injected here.
 *
 * @module
 */
import type { EventHandler } from '../../../engine/core/scheduler.ts';
import { openRandomStream, type RandomStream } from '../../../engine/core/stream.ts';
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { Network, type PacketSink } from '../../../engine/net/network.ts';
import { SimWorld, type SimWorldOptions } from '../../../engine/net/sim-world.ts';
import type { RouterName } from '../bundles/delay-chains.ts';

/** The mistakes that an engine under verification has on purpose. Absent parts are right. */
export interface Defects {
  /** Changes a network before anything is added to it. */
  readonly sabotage?: (network: Network) => void;
  /** Ratio of the sources' mean packet size to the requested one. */
  readonly sizeFactor?: number;
  /** Each down time is counted only from this long after its beginning, ns. */
  readonly detectionNs?: number;
  readonly mixes?: MixDefects;
  readonly bundles?: BundleDefects;
  /** Jobs of secure aggregation are charged no time. */
  readonly isWorkFree?: boolean;
  readonly beacons?: BeaconDefects;
}

/** How control services are wrong (beacons/). Absent parts are right. */
export interface BeaconDefects {
  /** Fast recovery is on although it should be off. */
  readonly isFast?: boolean;
  /** Beacons are passed on in every so many rounds. */
  readonly everyRounds?: number;
}

/** How bundle agents, or their surroundings, are wrong (bundles/). Absent parts are right. */
export interface BundleDefects {
  /** The router that really runs where a check asks for one. */
  readonly routerFor?: (router: RouterName) => RouterName;
  /** Ratio of lost segments of LTP to those that the link should lose. */
  readonly lossFactor?: number;
  /** If true, routes are chosen as if contacts were free of earlier bundles. */
  readonly isVolumeForgotten?: boolean;
  /** Ratio of the distance at which walkers meet to the requested one. */
  readonly rangeFactor?: number;
  /** One in this many bundles disappears between two agents, and nobody reports it. */
  readonly everyLost?: number;
  /** One in this many deliveries repeats the previous message in place of its own: one is lost, one comes twice. */
  readonly everySwapped?: number;
}

/** How mixes, or their measurement, are wrong (mixes/). Absent parts are right. */
export interface MixDefects {
  /** Ratio of drawn delays to requested ones. */
  readonly delayFactor?: number;
  /** Delays are uniform, with the same mean. */
  readonly isUniform?: boolean;
  /** A message stays in its column: mix k of a layer sends to mix k of the next. */
  readonly isCascade?: boolean;
  /** If true, routes are uniform, whatever the weights of the mixes. */
  readonly hasNoWeights?: boolean;
  /** Corrupt mixes are believed to mix. */
  readonly isCorruptTrusted?: boolean;
  /** Pool mixes keep one message less than configured. */
  readonly keepsOneLess?: boolean;
  /** Loops that an adversary blocks return anyway. */
  readonly hasImmuneLoops?: boolean;
  /** Alice sends in every round, so nothing distinguishes her rounds. */
  readonly hasCover?: boolean;
}

/** Stands in for cryptography, which no check uses. */
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

  /** Sizes from a source: geometric on 1, 2, 3, ... with this mean, bytes. */
  geometricSizes(stream: RandomStream, meanBytes: number): () => number {
    const mean = meanBytes * (this.defects.sizeFactor ?? 1);
    return (): number => stream.geometric(mean);
  }

  /** The result of a run that several checks examine; run once. */
  once<T>(name: string, run: () => T): T {
    if (!this.shared.has(name)) this.shared.set(name, run());
    return this.shared.get(name) as T;
  }
}
