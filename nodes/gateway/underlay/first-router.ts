/**
 * Finds the router through which a path leaves our AS. Pure.
 *
 * @module
 */
import type { NetworkView } from '../../../engine/host/network-view.ts';
import { type IsdAs, interfaceIdOf, isdAsOf, type WirePath } from '../../scion/index.ts';

/** The address of the router that owns the first interface of `path`; undefined if `own` has no such interface. */
export function findFirstRouter(
  { hosts, links }: NetworkView,
  own: IsdAs,
  path: WirePath,
): string | undefined {
  if (path.kind !== 'scion') return undefined;
  const hop = path.hops[path.currentHop];
  const info = path.infos[path.currentInfo];
  if (hop === undefined || info === undefined) return undefined;
  const ifId = info.isConsDir ? hop.consEgress : hop.consIngress;
  const isOurs = (name: string): boolean =>
    isdAsOf(hosts.find((host) => host.name === name)) === own;
  return links
    .flatMap(({ a, b }) => [a, b])
    .find((end) => interfaceIdOf(end) === ifId && isOurs(end.host))?.address;
}
