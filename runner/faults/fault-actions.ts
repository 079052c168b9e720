/**
 * The actions of events, as a run carries them out: for each action what it does, how a hunt draws it,
 * and whether check 16 of the network model covers it. `scenarios/files/events/actions.ts` defines
 * their keys in a file.
 *
 * @module
 */
import type { AskSpec } from '../../scenarios/fault-parts.ts';
import type { ActionWord, FaultAction } from '../../scenarios/files/events/actions.ts';
import type { AskAnswerReceiver } from '../asks/ask.ts';
import type { Undo } from '../world.ts';
import {
  abbreviateNames,
  type FaultCall,
  type FaultContext,
  FaultError,
  type FaultHit,
  type OpenFaultRecord,
} from './fault-context.ts';
import {
  type DrawAction,
  drawClockChange,
  drawFlood,
  drawOneOf,
  drawPartition,
  makeLinkDraw,
} from './fault-draws.ts';
import { changeLinks, holdLinks, partitionNodes, tapLinks } from './link-faults.ts';

/** How a run carries out one kind of fault action. */
export interface FaultActionEffect<One extends FaultAction> {
  /** Why the action cannot be carried out in this run; undefined if it can. */
  obstacle?(context: FaultContext): string | undefined;
  /** Carries the action out at one instant of its fault. */
  act(action: One, call: FaultCall): FaultHit;
  /**
   * The kinds of faults with this action that a hunt draws, by name; or the reason why a hunt draws
   * none.
   */
  readonly drawnAs: Readonly<Record<string, DrawAction>> | string;
  /** Why check 16 (verify/checks/conservation.ts) does not cover this action; absent if it does. */
  readonly notInCheck16?: string;
}

/** All actions. Draws of hunts depend on their order, so a new action must come last. */
export const FAULT_ACTIONS: {
  readonly [One in FaultAction as ActionWord<One['kind']>]: FaultActionEffect<One>;
} = {
  set: {
    act: changeLinks,
    drawnAs: {
      down: makeLinkDraw(() => ({ set: { up: false } })),
      loss: makeLinkDraw((draws) => ({
        set: { loss: drawOneOf(draws, ['1%', '5%', '20%', '50%', '90%']) },
      })),
      bursts: makeLinkDraw((draws) => ({
        set: {
          loss: drawOneOf(draws, ['5%', '20%', '50%']),
          lossBurst: drawOneOf(draws, [3, 10, 50]),
        },
      })),
      delay: makeLinkDraw((draws) => ({
        set: { delay: drawOneOf(draws, ['1us', '1ms', '20ms', '200ms', '1s', '5s']) },
      })),
      rate: makeLinkDraw((draws) => ({
        set: { rate: drawOneOf(draws, ['10kbit/s', '100kbit/s', '1Mbit/s']) },
      })),
      corrupt: makeLinkDraw((draws) => ({
        set: { corrupt: drawOneOf(draws, ['1%', '10%', '50%']) },
      })),
      duplicate: makeLinkDraw((draws) => ({
        set: { duplicate: drawOneOf(draws, ['1%', '20%', '100%']) },
      })),
    },
  },
  tap: {
    act: tapLinks,
    drawnAs: {
      reorder: makeLinkDraw((draws) => ({ tap: { reorder: drawOneOf(draws, [1, 5, 30, 200]) } })),
      replay: makeLinkDraw((draws) => ({
        tap: {
          replay: drawOneOf(draws, ['1%', '20%', '100%']),
          replayWithin: drawOneOf(draws, [1, 30, 1000]),
        },
      })),
      forge: makeLinkDraw((draws) => ({ tap: { forge: drawOneOf(draws, ['1%', '20%', '100%']) } })),
    },
    notInCheck16: 'a tap is set from the beginning',
  },
  hold: {
    act: holdLinks,
    drawnAs: {
      hold: makeLinkDraw(() => ({ hold: true })),
    },
  },
  partition: {
    act: partitionNodes,
    drawnAs: {
      partition: drawPartition,
    },
  },
  crash: {
    act: crashNodes,
    drawnAs: {
      crash: (draws, { nodes }) =>
        nodes.length === 0
          ? undefined
          : {
              crash: drawOneOf(draws, nodes),
              store: drawOneOf(draws, ['synced', 'prefix', 'torn']),
            },
    },
  },
  clock: {
    act: (action, { context: { world } }) => {
      const { node, stepNs } = action;
      world.setClock(node, action);
      const undo = (): void => world.setClock(node, { stepNs: -stepNs, ppm: 0 });
      return { targets: [node], cut: [], text: `${node} clock`, undo: [undo] };
    },
    drawnAs: {
      clock: drawClockChange,
    },
    notInCheck16: 'no packet depends on a clock',
  },
  disk: {
    obstacle: ({ world }) =>
      world.slowDisk === undefined
        ? 'disks of this machine are as fast as they are: slower ones exist in virtual time'
        : undefined,
    act: ({ node, slowerNs }, { context: { world } }) => {
      const undo = world.slowDisk?.(node, slowerNs) ?? ((): void => undefined);
      return { targets: [node], cut: [], text: `${node} disk slower`, undo: [undo] };
    },
    drawnAs: {
      disk: (draws, { nodes }) =>
        nodes.length === 0
          ? undefined
          : {
              disk: {
                node: drawOneOf(draws, nodes),
                slower: drawOneOf(draws, ['10ms', '200ms', '2s']),
              },
            },
    },
    notInCheck16: 'nothing is stored',
  },
  burst: {
    obstacle: ({ burst }) =>
      burst === undefined ? 'bursts of traffic need all nodes in one process' : undefined,
    act: ({ node, times }, { context, spec }) => {
      const undo = context.burst?.(node, times) ?? [];
      if (undo.length === 0) throw new FaultError(spec, `no flow from ${node} has a rate`);
      return { targets: [node], cut: [], text: `${node} sends ${times} times as often`, undo };
    },
    drawnAs: {
      burst: (draws, { senders }) =>
        senders.length === 0
          ? undefined
          : { burst: { node: drawOneOf(draws, senders), times: drawOneOf(draws, [2, 5, 20]) } },
    },
    notInCheck16: 'a burst is traffic',
  },
  flood: {
    act: floodNode,
    drawnAs: {
      flood: drawFlood,
    },
    notInCheck16: 'a flood is traffic',
  },
  attack: {
    obstacle: ({ attack }) =>
      attack === undefined ? 'attacks on privacy run only in virtual time' : undefined,
    act: ({ attack }, { context, draws }) => {
      const undo = context.attack?.(attack, draws);
      const text = `${attack.kind} attack at ${attack.node}`;
      return { targets: [attack.node], cut: [], text, undo: undo === undefined ? [] : [undo] };
    },
    drawnAs: 'what an adversary finds is scored, and no must depends on the score',
    notInCheck16: 'an attack is a tap',
  },
  ask: {
    act: ({ ask }, call) => askNode(ask, call),
    drawnAs: 'a question takes nothing away from the run',
    notInCheck16: 'a question is no packet',
  },
  reconfigure: {
    act: ({ ask }, call) => askNode(ask, call),
    drawnAs: 'options are drawn for a whole attempt, from the values that a must allows',
    notInCheck16: 'a question is no packet',
  },
};

function askNode(ask: AskSpec, { context }: FaultCall): FaultHit {
  const undo: Undo[] = [];
  const text = `${ask.node} asked: ${[ask.kind, ask.target].join(' ').trim()}`;
  const began = (record: OpenFaultRecord): void => {
    const ended: AskAnswerReceiver['ended'] = (answer) => {
      record.answer = answer;
      record.text = `${text}, ${answer.outcome}`;
      record.effects['answered'] = context.world.now();
    };
    undo.push(context.ask(ask, { ended }));
  };
  return { targets: [ask.node], cut: [], text, undo, began };
}

type CrashAction = Extract<FaultAction, { kind: 'crash' }>;

function crashNodes(action: CrashAction, call: FaultCall): FaultHit {
  const nodes = call.only === undefined ? drawVictims(action, call) : [call.only];
  const undo = nodes.map((node) => holdDown(node, action.store, call));
  const hit = new Set(nodes);
  const touching = call.context.scenario.topology.links.filter(
    ({ a, b }) => hit.has(a.host) || hit.has(b.host),
  );
  return {
    targets: nodes,
    cut: touching.map((link) => link.id),
    text: `${abbreviateNames(nodes, 'nodes')} crashed`,
    undo,
  };
}

/** Draws the nodes that crash, from the named ones that are up. */
function drawVictims(
  { nodes, count }: CrashAction,
  { context, draws }: FaultCall,
): readonly string[] {
  if (count === undefined) return nodes;
  const up = nodes.filter((node) => context.isUp(node));
  const chosen = draws.choose(Math.min(count, up.length), up.length);
  return chosen.map((index) => up[index] as string);
}

/** Keeps a node down. Several crashes of a node may overlap: it restarts when the last of them ends. */
function holdDown(
  node: string,
  store: CrashAction['store'],
  { context, crashes }: FaultCall,
): Undo {
  const holds = (change: number): number => {
    const count = (crashes.get(node) ?? 0) + change;
    crashes.set(node, count);
    return count;
  };
  if (holds(1) === 1) context.crash(node, store);
  return (): void => {
    if (holds(-1) === 0) context.restart(node);
  };
}

function floodNode(
  { flood }: Extract<FaultAction, { kind: 'flood' }>,
  { context, spec }: FaultCall,
): FaultHit {
  const undo = context.flood({ id: `${spec.id}/${context.world.now()}`, flood });
  if (undo === undefined) {
    throw new FaultError(spec, `${flood.by} is down: the flood has no effect`);
  }
  const { forgery, node, as, rate } = flood;
  const text = `${rate}/s of ${forgery} to ${node} in the name of ${as}`;
  return { targets: [node], cut: [], text, undo: [undo] };
}
