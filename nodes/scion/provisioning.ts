/**
 * The secrets with which an AS is provisioned, and the segments that it publishes. Its routers
 * share the forwarding key and the DRKey secret; hosts get path segments, but cannot compute MACs.
 *
 * In a network without control services, segments are computed before the nodes start: a new set
 * for every half hour of the run, since hop fields are valid for six hours.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type {
  HostView,
  LinkView,
  NetworkMap,
  NetworkView,
} from '../../engine/host/network-view.ts';
import type { Provisioning, PublishContext } from '../../engine/host/protocol.ts';
import { memoisePerObject } from '../../engine/pure/once-per.ts';
import { deriveForwardingKey } from './mac.ts';
import {
  CONTROL_PROTOCOL,
  findControlServices,
  interfaceIdOf,
  isdAsOf,
  listAutonomousSystems,
  ROUTER_PROTOCOL,
  readLinkRelation,
} from './network.ts';
import { makeSegments, type TopologySegments } from './paths/beacon.ts';
import { PathFinder } from './paths/finder.ts';
import { segmentsFromJson, segmentsToJson } from './paths/segment-text.ts';
import type { ScionLink } from './paths/topology.ts';
import { DrkeyStore } from './router/drkey-store.ts';
import type { IsdAs } from './wire/isd-as.ts';

/**
 * Number of seconds by which the time stamps of segments are set back to allow for clock drift, as
 * the reference does for BFD.
 */
const CLOCK_DRIFT_SECONDS = 10;
/** Largest age of segments when a host requests them, seconds. */
const REFRESH_SECONDS = 1_800;
const NS_PER_S = 1_000_000_000;
const PUBLISHED_INDEX = 'segments';

/** The secrets and published texts of SCION networks. */
export const scionProvisioning: Provisioning = {
  sharedSecrets: (host: HostView) => {
    const own = isdAsOf(host);
    if (own === undefined) return [];
    // A control service needs these secrets too: it makes hop fields and issues level 1 keys.
    return [forwardingSecret(own), drkeySecretName(own)];
  },
  sharedWith: [CONTROL_PROTOCOL],
  publish: publishSegments,
};

/** Name of the secret from which an AS's forwarding key is derived. */
function forwardingSecret(as: string): string {
  return `forwarding-key/${as}`;
}

/** Name of the secret from which an AS derives its DRKeys. */
function drkeySecretName(as: string): string {
  return `drkey/${as}`;
}

/**
 * Creates the store of the keys that an AS shares with hosts and other ASes, derived from its
 * secret.
 */
export function createDrkeyStore(
  crypto: CryptoProvider,
  as: IsdAs,
  { shared }: Pick<NetworkView, 'shared'>,
): DrkeyStore {
  return new DrkeyStore(crypto, shared(drkeySecretName(as), ROUTER_PROTOCOL));
}

/** Derives the forwarding key of an AS, 16 bytes, with which all its routers check hop fields. */
export function forwardingKeyOf(
  crypto: CryptoProvider,
  as: IsdAs,
  { shared }: Pick<NetworkView, 'shared'>,
): Uint8Array {
  return deriveForwardingKey(crypto, shared(forwardingSecret(as), ROUTER_PROTOCOL));
}

/** The network and the time for which paths are found. */
export interface PathFinderSources {
  readonly network: NetworkView;
  readonly crypto: CryptoProvider;
  /** Calendar time of the request, seconds since 1970. */
  readonly seconds: number;
}

/**
 * Path finders by list of hosts and by time of the segments, so that all hosts of a network share
 * them.
 */
const findersOf = memoisePerObject((_: NetworkMap['hosts']) => new Map<number, PathFinder>());

/**
 * Returns the path finder over the latest segments made at or before `seconds`.
 * @throws Error when the network has no router, and so no segments.
 */
export function makePathFinder({ network, crypto, seconds }: PathFinderSources): PathFinder {
  const index = network.published(`${ROUTER_PROTOCOL}/${PUBLISHED_INDEX}`);
  if (index === undefined) throw new Error('no segments were published: the network has no router');
  const instants = JSON.parse(index) as readonly number[];
  // If the clock is behind all of these times, the first segments are used.
  const latest = instants.findLast((instant) => instant <= seconds) ?? instants[0] ?? seconds;
  const known = findersOf(network.hosts);
  const found = known.get(latest);
  if (found !== undefined) return found;
  const segments = segmentsFromJson(network.published(segmentsName(latest)) ?? '');
  const timestamp = latest - CLOCK_DRIFT_SECONDS;
  const made = new PathFinder({
    ases: listAutonomousSystems(network),
    segments,
    crypto,
    timestamp,
  });
  known.set(latest, made);
  return made;
}

function segmentsName(instant: number): string {
  return `${ROUTER_PROTOCOL}/${PUBLISHED_INDEX}/${instant}`;
}

function publishSegments(publisher: PublishContext): Readonly<Record<string, string>> {
  const { network, crypto, seconds, durationNs } = publisher;
  // In a network with control services, segments are discovered during the run.
  if (findControlServices(network).size > 0) return {};
  const topology = {
    ases: listAutonomousSystems(network).map((as) => {
      return { ...as, forwardingKey: forwardingKeyOf(crypto, as.isdAs, publisher) };
    }),
    links: scionLinks(network),
  };
  const random = publisher.random('segment-ids');
  const make = (instant: number): TopologySegments =>
    makeSegments({ topology, crypto, random, timestamp: instant - CLOCK_DRIFT_SECONDS });
  const count = 1 + Math.floor(durationNs / NS_PER_S / REFRESH_SECONDS);
  const instants = Array.from({ length: count }, (_, at) => seconds + REFRESH_SECONDS * at);
  return {
    [PUBLISHED_INDEX]: JSON.stringify(instants),
    ...Object.fromEntries(
      instants.map((at) => [`${PUBLISHED_INDEX}/${at}`, segmentsToJson(make(at))]),
    ),
  };
}

function scionLinks(network: NetworkMap): readonly ScionLink[] {
  const asOf = new Map(network.hosts.map((host) => [host.name, isdAsOf(host)]));
  return network.links.flatMap((link) => scionLink(link, asOf));
}

function scionLink(
  link: LinkView,
  asOf: ReadonlyMap<string, IsdAs | undefined>,
): readonly ScionLink[] {
  const { a, b, mtu } = link;
  const relation = readLinkRelation(link);
  const asA = asOf.get(a.host);
  const asB = asOf.get(b.host);
  if (relation === 'internal' || asA === undefined || asB === undefined) return [];
  return [
    {
      a: { isdAs: asA, ifId: interfaceIdOf(a) },
      b: { isdAs: asB, ifId: interfaceIdOf(b) },
      type: relation,
      mtu,
    },
  ];
}
