/**
 * Exact delays of a message among nodes, any two of which meet after exponential times, with transfers
 * that take no time: a Markov chain whose states are the holders of copies (Groenevelt, Nain and Koole
 * 2005, "The message delay in mobile ad hoc networks"; Spyropoulos, Psounis and Raghavendra 2005,
 * "Spray and wait"). The fluid limit would be 17 % off for ten nodes.
 *
 * @module
 */
import type { DtnOptions } from '../../../nodes/dtn/index.ts';

/** Name of a router. */
export type RouterName = DtnOptions['router'];

/** The parameters of the network and its routers. */
export interface MeetingNetwork {
  readonly nodes: number;
  /** Mean time between two meetings of a pair, s. */
  readonly everySeconds: number;
  /** Number of copies that a source may make with a spraying router. */
  readonly copies: number;
}

/** The distribution of a message's delay according to a chain. */
export interface ChainDelayDistribution {
  /** Mean and standard deviation, s. */
  readonly mean: number;
  readonly deviation: number;
  /** Gives the share of messages that are delivered within a number of seconds. */
  readonly shareIn: (seconds: number) => number;
}

/** One state of a chain: its next states and its delivery, with rates in units of a pair's meeting rate. */
interface State {
  readonly delivery: number;
  readonly next: readonly { readonly rate: number; readonly state: string }[];
}

/** The Markov chain that predicts a router's delays. */
export function markovDelayOfRouter(
  router: RouterName,
  network: MeetingNetwork,
): ChainDelayDistribution {
  const isSpray = router === 'spray-source' || router === 'spray-binary';
  const first = `${isSpray ? network.copies : 1}`;
  const states = new Map<string, State>();
  const visit = (state: string): void => {
    if (states.has(state)) return;
    const made = stateOf(router, state.split(' ').map(Number), network.nodes);
    states.set(state, made);
    for (const { state: after } of made.next) visit(after);
  };
  visit(first);
  const { mean, square } = momentsOf(states, first, network.everySeconds);
  return {
    mean,
    deviation: Math.sqrt(square - mean * mean),
    shareIn: (seconds) => shareBy(states, { first, seconds, every: network.everySeconds }),
  };
}

/** The state in which the holders may still make these numbers of copies, given in descending order. */
function stateOf(router: RouterName, tokens: readonly number[], nodes: number): State {
  const empty = nodes - 1 - tokens.length;
  const spread = (holder: number, mine: number, theirs: number): State['next'][number] => {
    const after = [...tokens.slice(0, holder), mine, ...tokens.slice(holder + 1), theirs];
    return { rate: empty, state: after.sort((a, b) => b - a).join(' ') };
  };
  const next = tokens.flatMap((left, holder) => {
    if (empty === 0) return [];
    if (router === 'epidemic') return [spread(holder, 1, 1)];
    const isSource = holder === 0 && router !== 'spray-binary';
    if (router === 'two-hop' && isSource) return [spread(holder, left, 0)];
    if (router === 'spray-source' && isSource && left > 1) return [spread(holder, left - 1, 0)];
    if (router !== 'spray-binary' || left < 2) return [];
    return [spread(holder, Math.ceil(left / 2), Math.floor(left / 2))];
  });
  return { delivery: tokens.length, next };
}

interface Moments {
  readonly mean: number;
  readonly square: number;
}

/**
 * First and second moment of the time until delivery: an exponential time in this state, then the time
 * from the next state.
 */
function momentsOf(states: ReadonlyMap<string, State>, first: string, every: number): Moments {
  const known = new Map<string, Moments>();
  const from = (name: string): Moments => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const { delivery, next } = states.get(name) as State;
    const total = delivery + next.reduce((sum, { rate }) => sum + rate, 0);
    const stay = every / total;
    const onward = (of: (moments: Moments) => number): number =>
      next.reduce((sum, { rate, state }) => sum + (rate / total) * of(from(state)), 0);
    const rest = onward(({ mean }) => mean);
    const moments = {
      mean: stay + rest,
      square: 2 * stay * stay + 2 * stay * rest + onward(({ square }) => square),
    };
    known.set(name, moments);
    return moments;
  };
  return from(first);
}

/** Solves the forward equations of the chain, in steps far shorter than its fastest transition. */
function shareBy(
  states: ReadonlyMap<string, State>,
  of: { readonly first: string; readonly seconds: number; readonly every: number },
): number {
  const { first, seconds, every } = of;
  const step = 0.05;
  let now = new Map([[first, 1]]);
  for (let at = 0; at < seconds; at += step) {
    const then = new Map<string, number>();
    const add = (state: string, share: number): unknown =>
      then.set(state, (then.get(state) ?? 0) + share);
    for (const [state, share] of now) {
      const { delivery, next } = states.get(state) as State;
      const total = delivery + next.reduce((sum, { rate }) => sum + rate, 0);
      add(state, share * (1 - (total * step) / every));
      for (const { rate, state: after } of next) add(after, (share * rate * step) / every);
    }
    now = then;
  }
  return 1 - [...now.values()].reduce((sum, share) => sum + share, 0);
}
