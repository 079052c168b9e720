/**
 * An IP router of the AS 1-1 without a gateway around it, for tests.
 *
 * @module
 */
import type { Timer } from '../../../../../engine/host/time.ts';
import { encodeAnnouncements } from '../../../../../nodes/gateway/routing/announcement.ts';
import { type IpPrefix, parseIpPrefix } from '../../../../../nodes/gateway/routing/ip-prefix.ts';
import {
  IpRouter,
  type IpRouterParts,
  type RoutedPeer,
} from '../../../../../nodes/gateway/routing/ip-router.ts';
import { isdAsWords, requireIsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';

/** A peer as far as the router looks at one. */
export type PlayedPeer = Omit<RoutedPeer, 'isUsable'> & { isUsable: boolean };

/** A router, its peers, what it dropped, and its clock. */
export interface PlayedRouter {
  readonly router: IpRouter;
  readonly peers: readonly PlayedPeer[];
  readonly drops: Map<string, number>;
  readonly clock: { nowNs: number };
}

const TIMER: Timer = { isPending: false, rearm: () => undefined, cancel: () => undefined };

/** Makes a router. @param names The ASes of its peers, which are their names, too. */
export function routerOf(routing: string, names: readonly string[]): PlayedRouter {
  const peers = names.map(
    (name): PlayedPeer => ({
      name,
      isUsable: true,
      end: { isdAs: isdAsWords(requireIsdAs(name)) },
      announce: () => undefined,
    }),
  );
  const drops = new Map<string, number>();
  const clock = { nowNs: 0 };
  const parts: IpRouterParts = {
    own: requireIsdAs('1-1'),
    peers: { all: peers, get: (name) => peers.find((peer) => peer.name === name) },
    moment: () => ({ ...clock, clockUs: 0 }),
    after: () => TIMER,
    send: (peer) => `to ${peer}`,
    drop: (reason) => void drops.set(reason, (drops.get(reason) ?? 0) + 1),
  };
  return { router: new IpRouter(parts, { routing, classes: undefined }), peers, drops, clock };
}

/** The bodies that announce prefixes for a time. */
export function announcing(texts: readonly string[], lifeSeconds = 30): readonly Uint8Array[] {
  const prefixes = texts.map((text) => parseIpPrefix(text) as IpPrefix);
  return encodeAnnouncements({ lifeSeconds, prefixes }, 1_000);
}
