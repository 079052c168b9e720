/**
 * A round of federated learning as the browser view draws it: which clients sent what and which left, and
 * which pair masks cancel. It is read from the states of `trace-states.ts`.
 *
 * @module
 */
import type { NodeState } from '../../viz/format/drawing.ts';
import { readSingleTracedState } from '../_kit/trace-state.ts';
import {
  CLIENTS_TRACE,
  RING_TRACE,
  ROUND_TRACE,
  SESSION_TRACE,
  type TracedRoundState,
} from './trace-states.ts';

/** Messages of a client in their order; `reached` of a drawn client counts the messages it sent. */
export const CLIENT_MESSAGE_STEPS = ['keys', 'shares', 'input', 'unmasking'] as const;

/**
 * Number of {@link CLIENT_MESSAGE_STEPS} that a client has sent, by its phase. For `left`, only the
 * aggregator's state contains this number.
 */
const SENT: Readonly<Record<string, number>> = {
  advertised: 1,
  shared: 2,
  masked: 3,
  signed: 3,
  unmasked: 4,
  finished: 4,
};

/** A client of the round, as drawn. */
export interface DrawnClient {
  readonly index: number;
  readonly name: string;
  /** How many of the {@link CLIENT_MESSAGE_STEPS} the client has sent. */
  readonly reached: number;
  readonly hasLeft: boolean;
  /**
   * True if the client left after its shares were distributed: its pair masks remain in the inputs of
   * others.
   */
  readonly isLost: boolean;
  /** Bytes sent; null if the client's session is not in the trace. */
  readonly up: number | null;
  /** Bytes received; null if the client's session is not in the trace. */
  readonly down: number | null;
}

/** A round, as drawn. */
export interface DrawnRound {
  readonly server: string;
  readonly state: TracedRoundState;
  readonly clients: readonly DrawnClient[];
  /** Clients on the ring of masks; none until all keys are there. */
  readonly order: readonly number[];
}

/**
 * What becomes of the mask that two clients share: it is in neither input yet or in one; in both, so
 * that it cancels; in the input of one while the other left; in no input, as both left.
 */
export type MaskFate = 'open' | 'cancelled' | 'left-over' | 'unused';

/** The round of an aggregator at the cursor; undefined if there is none that can be read. */
export function readDrawnRound(
  node: NodeState,
  nodes: readonly NodeState[],
): DrawnRound | undefined {
  const state = readSingleTracedState(ROUND_TRACE, node.states)?.value;
  if (state === undefined) return undefined;
  const names = readSingleTracedState(CLIENTS_TRACE, node.states)?.value ?? [];
  const sessions = new Map(
    nodes.map((one) => [one.name, readSingleTracedState(SESSION_TRACE, one.states)?.value]),
  );
  const sets = [state.keys, state.shares, state.inputs].map((set) => set && new Set(set));
  const clients = Array.from({ length: state.clients }, (_, index): DrawnClient => {
    const name = names[index] ?? `client ${index}`;
    const found = sessions.get(name);
    const session = found?.round === state.round ? found : undefined;
    const arrived = sets.findLastIndex((set) => set?.has(index) === true) + 1;
    const isMissed = sets.some((set) => set?.has(index) === false);
    return {
      ...{ index, name },
      reached: Math.max(arrived, isMissed ? 0 : (SENT[session?.phase ?? ''] ?? 0)),
      hasLeft: isMissed || session?.phase === 'left',
      isLost: sets[1]?.has(index) === true && sets[2]?.has(index) === false,
      up: session?.up ?? null,
      down: session?.down ?? null,
    };
  });
  return { server: node.name, state, clients, order: orderOf(node, state) };
}

function orderOf(
  node: NodeState,
  { round, keys, neighbours }: TracedRoundState,
): readonly number[] {
  const ring = readSingleTracedState(RING_TRACE, node.states)?.value;
  if (ring?.round === round) return ring.order;
  return keys !== null && neighbours >= keys.length - 1 ? keys : [];
}

/** Clients that share masks with client `index`; once it is known who sent shares, only those. */
export function listMaskPartners({ order, state }: DrawnRound, index: number): readonly number[] {
  const { shares, neighbours } = state;
  const own = order.indexOf(index);
  const isIn = (one: number): boolean => shares?.includes(one) ?? own >= 0;
  return order.filter((other, at) => {
    const gap = Math.abs(at - own);
    // The neighbours of a client: half of them on either side of the ring; in a complete graph, all
    // other clients.
    const isNear = 2 * Math.min(gap, order.length - gap) <= neighbours + 1;
    return gap > 0 && isNear && isIn(index) && isIn(other);
  });
}

/** Determines the {@link MaskFate} of the mask that two clients share. */
export function findMaskFate(one: DrawnClient, other: DrawnClient): MaskFate {
  const inputs = [one, other].filter(({ reached }) => reached >= STEPS_UP_TO_INPUT).length;
  if (inputs === 2) return 'cancelled';
  if (one.isLost && other.isLost) return 'unused';
  return inputs === 1 && (one.isLost || other.isLost) ? 'left-over' : 'open';
}

/** How many of {@link CLIENT_MESSAGE_STEPS} a client has sent when its input is sent. */
export const STEPS_UP_TO_INPUT = 3;
