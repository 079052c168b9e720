/**
 * A world on real sockets, by the wall clock.
 *
 * @module
 */
import { LiveWorld, type LiveWorldOptions } from '../../../engine/live/live-world.ts';
import type { PacketTotals } from '../../../reports/model.ts';
import { WorldListeners } from '../listeners.ts';
import { countLinkPackets, networkOptions, ProcessWorld, type WorldParts } from '../local-world.ts';
import { HandoverWitness, sampledDatagramMask } from './handover-witness.ts';
import { LiveAgenda } from './live-agenda.ts';
import { portRanges } from './real-ports.ts';

/** What a live world is made from. */
export interface LiveWorldParts extends Omit<WorldParts, 'buffers' | 'isProbed' | 'cpu'> {
  readonly live: Pick<
    LiveWorldOptions,
    'shape' | 'precision' | 'onFailure' | 'isLocal' | 'stateFolder' | 'compute'
  >;
}

/**
 * Smallest and largest duration of the ramp, ns. Code that has just started is several times slower for
 * about five seconds, so rates increase during the first half of the warm-up
 * (docs/spec/live.md#processes); in its second half, queues drain.
 */
const RAMP_MIN_NS = 1_000_000_000;
const RAMP_MAX_NS = 4_000_000_000;

/** A live world, with the agenda that begins its time. */
export interface LiveRunWorld {
  readonly world: ProcessWorld<LiveWorld>;
  readonly agenda: LiveAgenda;
}

/**
 * Makes a live world with all hosts and links of a scenario; its sockets are opened when nodes ask for
 * them.
 */
export function makeLiveWorld(parts: LiveWorldParts): LiveRunWorld {
  const { scenario, live } = parts;
  const modules = modulesOf(parts);
  const listeners = new WorldListeners();
  const net = new LiveWorld({
    ...networkOptions(parts, listeners),
    ...live,
    ports: portRanges(scenario.topology),
    moduleOf: (owner): string | undefined => modules.get(owner),
  });
  const agenda = new LiveAgenda(net, {
    rampNs: trafficRampNs(scenario.warmupNs),
    followedMask: sampledDatagramMask(scenario),
  });
  const world = new ProcessWorld(
    { ...parts, isProbed: true },
    {
      ...{ net, agenda, listeners },
      packets: (): PacketTotals => kernelPackets(net),
      // Lateness is measured from the end of the warm-up on, because code is slow while it is cold.
      onReset: (): void => net.lateness.reset(),
      hasRealDisks: true,
    },
  );
  net.holdPlans();
  listeners.add(
    new HandoverWitness({ handovers: net.handovers, now: () => agenda.now() }, scenario),
  );
  return { world, agenda };
}

/** Packets on the links, with the losses in the kernel. */
function kernelPackets(net: LiveWorld): PacketTotals {
  const shaped = countLinkPackets(net);
  const { written, received, unsent } = net.wires.counts;
  const drops = Object.entries({ kernel: written - received, 'socket-closed': unsent });
  const all = [...Object.entries(shaped.drops), ...drops.filter(([, count]) => count > 0)];
  return {
    ...shaped,
    delivered: received + net.streamPackets,
    drops: Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Addresses of the modules of protocols: of lowest protocols by host, of layers by `host/protocol`. */
function modulesOf({ scenario, stackOf }: LiveWorldParts): ReadonlyMap<string, string> {
  const modules = new Map<string, string>();
  for (const host of scenario.topology.hosts) {
    const [lowest, ...layers] = stackOf(host);
    modules.set(host.name, lowest.protocol.moduleUrl);
    for (const { protocol } of layers)
      modules.set(`${host.name}/${protocol.name}`, protocol.moduleUrl);
  }
  return modules;
}

/** How long rates of traffic rise to their full value at the start, ns, while V8 compiles code; at most the warm-up. */
export function trafficRampNs(warmupNs: number): number {
  const half = Math.min(RAMP_MAX_NS, Math.floor(warmupNs / 2));
  return Math.min(warmupNs, Math.max(RAMP_MIN_NS, half));
}
