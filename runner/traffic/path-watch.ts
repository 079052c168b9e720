/**
 * Follows which path each pair of nodes uses, from the states of paths that nodes report
 * (nodes/_kit/path-states.ts): the path in use, the health of each path, and switches after faults.
 *
 * @module
 */
import {
  FAULT_SWITCH_MARK,
  PATH_HEALTH_TRACE,
  PATH_IN_USE_TRACE,
} from '../../nodes/_kit/path-states.ts';
import type { FlowMeter } from './flow-meter.ts';

/** How the path of one pair of nodes reacted to one fault. */
export interface PathReaction {
  readonly faultNs: number;
  readonly pair: string;
  detectedNs: number;
  switchedNs: number;
}

/** An interval in which a pair used one path. */
interface Use {
  readonly path: string;
  readonly fromNs: number;
}

/** Observes the paths that pairs of nodes use in one run. */
export class PathWatch {
  readonly reactions: PathReaction[] = [];
  /** Instants of the switches after faults, by pair `from -> to`, ns. */
  readonly faultSwitches = new Map<string, number[]>();
  readonly #uses = new Map<string, Use[]>();

  /** Records that a fault affects the active path of a pair. */
  faultBegan(now: number, from: string, to: string): void {
    const pair = `${from} -> ${to}`;
    this.reactions.push({ faultNs: now, pair, detectedNs: -1, switchedNs: -1 });
  }

  /** Called when a node reported a state of a machine. */
  state(now: number, node: string, machine: string, state: string): void {
    const inUse = PATH_IN_USE_TRACE.machine.read(machine);
    if (inUse !== undefined) {
      const path = PATH_IN_USE_TRACE.state.read(state)?.path;
      if (path !== undefined) this.#used(`${node} -> ${inUse.peer}`, { path, fromNs: now });
      return;
    }
    const measured = PATH_HEALTH_TRACE.machine.read(machine);
    if (measured === undefined) return;
    const health = PATH_HEALTH_TRACE.state.read(state)?.health;
    const isBad = health === 'dead' || health === 'degraded';
    if (isBad) this.#react(now, `${node} -> ${measured.peer}`, 'detectedNs');
  }

  /** Called when a node set a mark. */
  mark(now: number, node: string, name: string): void {
    const peer = FAULT_SWITCH_MARK.read(name)?.peer;
    if (peer === undefined) return;
    const pair = `${node} -> ${peer}`;
    this.#react(now, pair, 'switchedNs');
    const switches = this.faultSwitches.get(pair) ?? [];
    switches.push(now);
    this.faultSwitches.set(pair, switches);
  }

  /** The path that a pair of nodes used at an instant; undefined if it was never reported. */
  pathAt(from: string, to: string, atNs: number): string | undefined {
    return this.#uses.get(`${from} -> ${to}`)?.findLast(({ fromNs }) => fromNs <= atNs)?.path;
  }

  /**
   * Divides the packets per bin of a flow between the pair among the paths, by the time each was in
   * use.
   */
  useSeries(
    from: string,
    to: string,
    { sentBins, binNs }: Pick<FlowMeter, 'sentBins' | 'binNs'>,
  ): Map<string, number[]> {
    const uses = this.#uses.get(`${from} -> ${to}`) ?? [];
    const series = new Map<string, number[]>();
    for (const [bin, sent] of sentBins.entries()) {
      const parts = shares(uses, bin * binNs, (bin + 1) * binNs);
      for (const [path, share] of parts) {
        let values = series.get(path);
        if (values === undefined) {
          values = new Array<number>(sentBins.length).fill(0);
          series.set(path, values);
        }
        values[bin] = Math.round(sent * share);
      }
    }
    return series;
  }

  #used(pair: string, use: Use): void {
    const uses = this.#uses.get(pair) ?? [];
    uses.push(use);
    this.#uses.set(pair, uses);
  }

  #react(now: number, pair: string, field: 'detectedNs' | 'switchedNs'): void {
    const latest = this.reactions.findLast((reaction) => reaction.pair === pair);
    if (latest !== undefined && latest[field] < 0) latest[field] = now;
  }
}

/** For each path, the share of [begin, end) in which it was used. */
function shares(uses: readonly Use[], beginNs: number, endNs: number): Map<string, number> {
  const parts = new Map<string, number>();
  for (const [i, use] of uses.entries()) {
    const until = Math.min(endNs, uses[i + 1]?.fromNs ?? endNs);
    const from = Math.max(beginNs, use.fromNs);
    if (until <= from) continue;
    parts.set(use.path, (parts.get(use.path) ?? 0) + (until - from) / (endNs - beginNs));
  }
  return parts;
}
