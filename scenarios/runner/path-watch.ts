/**
 * Follows which path each pair of nodes uses, from the states that nodes publish for drawings:
 * machine `path to <peer>` with the path's name, machine `path <name> to <peer>` with its health,
 * and the mark `fault switch to <peer>`.
 *
 * @module
 */
import type { FlowMeter } from './flow-meter.ts';

/** The consequences of one fault for one pair. */
export interface Reaction {
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

const ACTIVE = /^path to (.+)$/;
const HEALTH = /^path (\S+) to (.+)$/;
const SWITCH = /^fault switch to (.+)$/;

/** Observes the paths used in one run. */
export class PathWatch {
  readonly reactions: Reaction[] = [];
  /** Switches caused by faults, by pair `from -> to`. */
  readonly faultSwitches = new Map<string, number[]>();
  readonly #uses = new Map<string, Use[]>();

  /** A fault affected a flow's active path. */
  faultBegan(now: number, from: string, to: string): void {
    const pair = `${from} -> ${to}`;
    this.reactions.push({ faultNs: now, pair, detectedNs: -1, switchedNs: -1 });
  }

  /** Called when a node published a state. */
  state(now: number, node: string, machine: string, state: string): void {
    const active = ACTIVE.exec(machine);
    if (active !== null) {
      const pair = `${node} -> ${active[1]}`;
      const uses = this.#uses.get(pair) ?? [];
      uses.push({ path: state, fromNs: now });
      this.#uses.set(pair, uses);
      return;
    }
    const health = HEALTH.exec(machine);
    const isBad = state === 'dead' || state === 'degraded';
    if (health !== null && isBad) this.#react(now, `${node} -> ${health[2]}`, 'detectedNs');
  }

  /** Called when a node set a mark. */
  mark(now: number, node: string, name: string): void {
    const peer = SWITCH.exec(name)?.[1];
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

  /** Packets per bin and path, from the packets per bin of a flow between the pair. */
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
