/**
 * The real beaconing of control services, in which the caller decides when beacons arrive. Beacons have
 * no MACs and no signatures, which no check needs.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import {
  Beaconing,
  type BeaconingParts,
  reference,
  SegmentStore,
} from '../../../nodes/control-service/index.ts';
import {
  type IsdAs,
  requireIsdAs,
  type SignedSegment,
  segmentIdHashInput,
} from '../../../nodes/scion/index.ts';

const NS_PER_S = 1_000_000_000;
const MTU = 1_472;
const EXPIRY = 63;
/** Limits of beacon stores, larger than any check needs. */
const LIMITS = { perKey: 100, keys: 1_000 };

/**
 * A link between two ASes, given by their numbers from 0; with `child`, the second is a customer of the
 * first.
 */
export interface BeaconLink {
  readonly ends: readonly [number, number];
  readonly relation: 'core' | 'child';
}

/** Options of the network; all its ASes have the same. */
export interface BeaconingNetworkOptions {
  readonly ases: number;
  readonly links: readonly BeaconLink[];
  readonly options: BeaconingParts['options'];
  /** Makes the source of random draws of an AS. */
  readonly random: (as: number) => Random;
}

type Surroundings = BeaconingParts['surroundings'];
type Interface = Surroundings['interfaces'] extends ReadonlyMap<number, infer One> ? One : never;

/** The beaconing and the segment store of one AS. */
interface BeaconingAs {
  readonly beaconing: Beaconing;
  readonly store: SegmentStore;
}

/** A network of ASes that send beacons. */
export class BeaconingNetwork {
  /** True if beacons pass from one AS to another. */
  isOpen: (from: number, to: number) => boolean = () => true;
  readonly #ases: readonly BeaconingAs[];
  readonly #underWay: {
    readonly to: number;
    readonly ingress: number;
    readonly beacon: SignedSegment;
  }[] = [];
  #now = 0;

  constructor({ ases, links, options, random }: BeaconingNetworkOptions) {
    this.#ases = Array.from({ length: ases }, (_, as) => {
      const store = new SegmentStore(LIMITS);
      const surroundings = surroundingsOf(as, links);
      const beaconing = new Beaconing({
        ...{ surroundings, options, store, random: random(as) },
        extender: { extend: (before, ingress, egress) => extended(as, before, ingress, egress) },
        selection: reference,
        seconds: () => Math.floor(this.#now / NS_PER_S),
        send: (ifId, beacon, done): void => {
          const { neighbour, neighbourIfId } = surroundings.interfaces.get(ifId) as Interface;
          const to = numberOf(neighbour);
          const isOpen = this.isOpen(as, to);
          if (isOpen) this.#underWay.push({ to, ingress: neighbourIfId, beacon });
          done(isOpen);
        },
        keep: () => undefined,
        register: (_origin, _segments, done): void => done(true),
      });
      return { beaconing, store };
    });
  }

  /** Makes an AS do all work that is due at `now`. */
  tick(as: number, now: number): void {
    this.#now = now;
    this.#ases[as]?.beaconing.tick(now);
  }

  /** Delivers all beacons that were sent. */
  deliver(): void {
    for (const { to, ingress, beacon } of this.#underWay.splice(0)) {
      const { entries } = beacon.segment;
      const origin = entries[0]?.isdAs;
      if (origin === undefined || entries.some(({ isdAs }) => isdAs === isdAsOf(to))) continue;
      const identity = segmentIdHashInput(beacon.segment);
      const known = { ...beacon, identity, ingress, expiryHalfSeconds: Number.POSITIVE_INFINITY };
      this.#ases[to]?.store.insert(origin, known);
    }
  }

  /** Number of ASes from which an AS has a beacon. */
  origins(as: number): number {
    return this.#ases[as]?.store.keys().length ?? 0;
  }
}

/** The ISD-AS of an AS: AS 0 is 1-1. */
function isdAsOf(as: number): IsdAs {
  return requireIsdAs(`1-${as + 1}`);
}

function numberOf(isdAs: IsdAs): number {
  return Number(isdAs.slice(isdAs.indexOf('-') + 1)) - 1;
}

/** The links of an AS. The id of an interface is the number of its link, counted from 1. */
function surroundingsOf(as: number, links: readonly BeaconLink[]): Surroundings {
  const interfaces = links.flatMap(({ ends: [a, b], relation }, index): readonly Interface[] => {
    if (a !== as && b !== as) return [];
    const role = relation === 'child' && b === as ? 'parent' : relation;
    const neighbour = isdAsOf(a === as ? b : a);
    const ifId = index + 1;
    return [{ ifId, neighbour, neighbourIfId: ifId, relation: role, mtu: MTU, router: '' }];
  });
  return {
    isdAs: isdAsOf(as),
    isCore: interfaces.every(({ relation }) => relation !== 'parent'),
    mtu: MTU,
    address: '',
    interfaces: new Map(interfaces.map((one) => [one.ifId, one])),
  };
}

function extended(
  as: number,
  before: SignedSegment,
  consIngress: number,
  consEgress: number,
): SignedSegment {
  const hop = { consIngress, consEgress, expTime: EXPIRY, mac: new Uint8Array(0) };
  const entry = { isdAs: isdAsOf(as), mtu: MTU, ingressMtu: MTU, hop, peers: [] };
  const { segment } = before;
  return { ...before, segment: { ...segment, entries: [...segment.entries, entry] } };
}
