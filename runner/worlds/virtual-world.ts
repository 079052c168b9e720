/**
 * A world whose time is virtual.
 *
 * @module
 */
import { SimWorld, type SimWorldOptions } from '../../engine/net/sim-world.ts';
import { VirtualAgenda } from './agenda.ts';
import { WorldListeners } from './listeners.ts';
import { networkOptions, ProcessWorld, type WorldParts } from './local-world.ts';

/** Makes a network of the engine. */
export type MakeNetwork<Net extends SimWorld> = (options: SimWorldOptions) => Net;

/** Makes the usual network, of simulated links. */
export const makeSimWorld: MakeNetwork<SimWorld> = (options) => new SimWorld(options);

/** Makes a world in virtual time with all hosts and links of a scenario. */
export function makeVirtualWorld<Net extends SimWorld>(
  parts: WorldParts,
  make: MakeNetwork<Net>,
): ProcessWorld<Net> {
  const listeners = new WorldListeners();
  const net = make(networkOptions(parts, listeners));
  return new ProcessWorld(parts, { net, agenda: new VirtualAgenda(net.scheduler), listeners });
}
