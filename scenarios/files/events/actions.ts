/**
 * The actions of events: for each action its keys in a file, their meaning, on what it acts and what it
 * changes.
 *
 * `runner/faults/fault-actions.ts` carries them out; the palette of the browser view has a tool for each
 * (`viz/app/pages/network/palette/tools.ts`).
 *
 * @module
 */
import { z } from 'zod';
import { omitUndefined } from '../../../topologies/files/defined.ts';
import { booleanLeaf, enumLeaf, textLeaf } from '../../../topologies/files/leaf.ts';
import type { ValuePath } from '../../../topologies/files/locate.ts';
import {
  bitRateLeaf,
  clockDriftLeaf,
  numberLeaf,
  shareLeaf,
  signedTimeLeaf,
  sizeLeaf,
  timeLeaf,
  wholeNumberLeaf,
} from '../../../topologies/files/quantity.ts';
import { listFirstNames } from '../../../topologies/files/suggest.ts';
import type { AskSpec, AttackSpec, FloodSpec, LinkSelector } from '../../fault-parts.ts';
import { askSchema, reconfigureSchema, resolveAsk, resolveReconfigure } from '../ask.ts';
import type { ScenarioContext } from '../context.ts';
import { selectorSchema } from '../selector-schema.ts';
import { resolveSelector, selectedNodes } from '../selectors.ts';
import { resolveAttack } from './attack.ts';
import { attackSchema } from './attack-schema.ts';
import { resolveFlood } from './flood.ts';
import { floodSchema } from './flood-schema.ts';

/** The action of an event, such as a cut link or a crash; its effect may end again. */
export type FaultAction =
  | {
      readonly kind: 'set-link';
      readonly links: LinkSelector;
      readonly direction: 'both' | 'forward' | 'backward';
      /** Changed quantities, base units; `up` false cuts the cable. */
      readonly set: {
        readonly up?: boolean;
        readonly rateBps?: number;
        readonly delayNs?: number;
        readonly loss?: number;
        readonly lossBurst?: number;
        readonly corrupt?: number;
        readonly duplicate?: number;
        readonly mtu?: number;
      };
    }
  | { readonly kind: 'hold-link'; readonly links: LinkSelector }
  | {
      readonly kind: 'partition';
      readonly from: readonly string[];
      readonly to: readonly string[];
      readonly direction: 'both' | 'one-way';
    }
  | {
      readonly kind: 'crash';
      readonly nodes: readonly string[];
      /** Number of nodes to be drawn from the named ones; all of them if absent. */
      readonly count?: number;
      readonly store: 'synced' | 'prefix' | 'torn';
    }
  | { readonly kind: 'clock'; readonly node: string; readonly stepNs: number; readonly ppm: number }
  /** Each sync of the node's stores takes `slowerNs` longer. */
  | { readonly kind: 'disk'; readonly node: string; readonly slowerNs: number }
  /** The rates of flows from a node are multiplied by `times`. */
  | { readonly kind: 'burst'; readonly node: string; readonly times: number }
  /** An attacker on the path that records packets and sends copies later or out of order. */
  | {
      readonly kind: 'tap';
      readonly links: LinkSelector;
      /** Share of recorded packets that are sent again, 0..1. */
      readonly replay: number;
      /** Largest distance of a copy from its original, in packets. */
      readonly replayWithin: number;
      /** Largest distance by which genuine packets are moved back, in packets. */
      readonly reorder: number;
      /** Share of packets of which a forged copy with flipped bits is sent, 0..1. */
      readonly forge: number;
    }
  /** An adversary with a goal; its success is `privacy.attack.<name>.success`. */
  | { readonly kind: 'attack'; readonly attack: AttackSpec }
  /** Forged datagrams at a steady rate, from a neighbour of the target. */
  | { readonly kind: 'flood'; readonly flood: FloodSpec }
  /** A question to a node, as an operator puts it. */
  | { readonly kind: 'ask'; readonly ask: AskSpec }
  /** A change of options, as a question of the kind `reconfigure`. */
  | { readonly kind: 'reconfigure'; readonly ask: AskSpec };

/** The key by which an event in a file names its action, such as `set` or `crash`. */
export type ActionKey = ActionWord<FaultAction['kind']>;
/** The {@link ActionKey} of the actions of one kind: its name without `-link`. */
export type ActionWord<Kind extends string> = Kind extends `${infer Word}-link` ? Word : Kind;

/** Keys of an event that only some actions may have. */
export const ACTION_COMPANION_KEYS = ['link', 'direction', 'store', 'count'] as const;

interface Action<One extends FaultAction> {
  /** The keys of {@link ACTION_COMPANION_KEYS} that events with this action may have. */
  readonly companions?: readonly (typeof ACTION_COMPANION_KEYS)[number][];
  /** Makes the action from its entry in a file; undefined after reporting what is wrong. */
  readonly build: (
    context: ScenarioContext,
    input: ActionInput,
    path: ValuePath,
  ) => One | undefined;
  /**
   * Ids of links or names of nodes, if known before the run; with a `random` schedule, each of them has
   * its own times.
   */
  targets?(action: One): readonly string[];
  /** Nodes whose program or clock the action changes. */
  nodesHit?(action: One): readonly string[];
  /**
   * Texts that name what the action changes, such as `up core-110--core-310 forward`; if absent,
   * its targets.
   */
  changes?(action: One): readonly string[];
  /**
   * The message about another event that changes the same thing at the same time, such as `node is
   * already down`.
   */
  readonly already?: string;
}

const POSITIVE = { min: 1, minText: '1ns' };
const nodeNames = z.array(textLeaf('the name of a node')).min(1);

const setSchema = z
  .strictObject({
    up: booleanLeaf().optional().meta({ description: 'false cuts the cable.' }),
    rate: bitRateLeaf().optional(),
    delay: timeLeaf().optional(),
    loss: shareLeaf().optional(),
    lossBurst: numberLeaf('a number of packets such as 5', { min: 1 })
      .optional()
      .meta({ description: 'Mean number of consecutive losses.' }),
    corrupt: shareLeaf().optional(),
    duplicate: shareLeaf().optional(),
    mtu: sizeLeaf({ min: 1, max: 65_535, maxText: '65535B' })
      .optional()
      .meta({ description: 'Longer datagrams vanish without a message.' }),
  })
  .meta({
    description: 'Changed quantities; they return to their former values when the event ends.',
  });

/** Schemas of the keys by which events name their actions. */
export const actionShape = {
  link: selectorSchema.optional(),
  direction: enumLeaf(['both', 'forward', 'backward', 'one-way']).optional(),
  set: setSchema.optional(),
  hold: booleanLeaf()
    .optional()
    .meta({ description: 'Packets in flight wait until the event ends.' }),
  partition: z
    .strictObject({ from: nodeNames, to: nodeNames })
    .optional()
    .meta({ description: 'Blocks all packets between two sets of nodes.' }),
  crash: z
    .union([textLeaf('a node or a pattern such as "bus-*"'), nodeNames])
    .optional()
    .meta({ description: 'These nodes lose their memory and restart when the event ends.' }),
  count: wholeNumberLeaf('a number of nodes such as 30', { min: 1 }).optional().meta({
    description: 'So many of the nodes crash, drawn from the seed. Default: all.',
  }),
  store: enumLeaf(['synced', 'prefix', 'torn']).optional().meta({
    description: 'What the store keeps of writes that were not synced.',
    default: 'synced',
  }),
  clock: z
    .strictObject({
      node: textLeaf('the name of a node'),
      step: signedTimeLeaf().optional(),
      drift: clockDriftLeaf().optional(),
    })
    .optional()
    .meta({ description: "Makes the node's calendar clock wrong." }),
  disk: z
    .strictObject({ node: textLeaf('the name of a node'), slower: timeLeaf(POSITIVE) })
    .optional()
    .meta({ description: "Each sync of the node's stores takes so much longer." }),
  burst: z
    .strictObject({
      node: textLeaf('the name of a node'),
      times: wholeNumberLeaf('a number such as 10', { min: 2, max: 1_000 }),
    })
    .optional()
    .meta({ description: 'Flows from the node send so many times as often.' }),
  tap: z
    .strictObject({
      replay: shareLeaf().optional().meta({ description: 'Share sent again.', default: 0 }),
      replayWithin: wholeNumberLeaf('a number of packets such as 1000', { min: 1 })
        .optional()
        .meta({ description: 'Replays leave up to this many packets later.', default: 1 }),
      reorder: wholeNumberLeaf('a number of packets such as 1000', { min: 0 })
        .optional()
        .meta({ description: 'Packets move back by up to this many.', default: 0 }),
      forge: shareLeaf().optional().meta({ description: 'Share of forged copies.', default: 0 }),
    })
    .optional()
    .meta({ description: 'On-path attacker that records, replays, reorders and forges.' }),
  attack: attackSchema.optional(),
  flood: floodSchema.optional(),
  ask: askSchema.optional(),
  reconfigure: reconfigureSchema.optional(),
};

type ActionInput = z.output<z.ZodObject<typeof actionShape>>;

/** All actions, in the order of the scenario language. */
export const ACTIONS: { readonly [One in FaultAction as ActionWord<One['kind']>]: Action<One> } = {
  set: {
    companions: ['link', 'direction'],
    targets: ({ links }) => idsOf(links),
    changes: ({ links, direction, set }) => {
      const sides = direction === 'both' ? ['forward', 'backward'] : [direction];
      return idsOf(links).flatMap((id) =>
        sides.flatMap((side) => Object.keys(set).map((key) => `${key} ${id} ${side}`)),
      );
    },
    build: (context, input, path) => {
      const set = omitUndefined(input.set ?? {});
      if (Object.keys(set).length === 0) {
        context.refuse('E121', [...path, 'set'], 'empty, expected a change such as { up: false }');
        return undefined;
      }
      const links = linksOf(context, input, path);
      const direction = directionOf(context, input, path, ['both', 'forward', 'backward']);
      if (links === undefined || direction === undefined) return undefined;
      const { rate, delay, ...rest } = set;
      const changes = omitUndefined({ ...rest, rateBps: rate, delayNs: delay });
      return { kind: 'set-link', links, direction, set: changes };
    },
  },
  hold: {
    companions: ['link'],
    already: 'link is already held',
    targets: ({ links }) => idsOf(links),
    build: (context, input, path) => {
      const links = linksOf(context, input, path);
      return links === undefined ? undefined : { kind: 'hold-link', links };
    },
  },
  partition: {
    companions: ['direction'],
    build: (context, input, path) => {
      const sides = input.partition;
      if (sides === undefined) return undefined;
      const from = selectedNodes(context, sides.from, [...path, 'partition', 'from']);
      const to = selectedNodes(context, sides.to, [...path, 'partition', 'to']);
      const direction = directionOf(context, input, path, ['both', 'one-way']);
      const others = new Set(to);
      const both = from.find((node) => others.has(node));
      if (both !== undefined) {
        const message = `"${both}" is on both sides, expected two separate sets`;
        context.refuse('E112', [...path, 'partition', 'to'], message);
      }
      if (direction === undefined || from.length === 0 || to.length === 0) return undefined;
      return { kind: 'partition', from, to, direction };
    },
  },
  crash: {
    companions: ['store', 'count'],
    already: 'node is already down',
    targets: ({ nodes }) => nodes,
    // If fewer nodes crash than the event names, the run draws which ones, so they are not known
    // here.
    changes: ({ nodes, count = nodes.length }) =>
      count < nodes.length ? [] : nodes.map((node) => `crash ${node}`),
    nodesHit: ({ nodes }) => nodes,
    build: (context, { crash = '', count, store = 'synced' }, path) => {
      const nodes = selectedNodes(context, crash, [...path, 'crash']);
      if (nodes.length === 0) return undefined;
      if (count !== undefined && count > nodes.length) {
        const message = `${count} nodes, but crash selects only ${nodes.length}`;
        context.refuse('E104', [...path, 'count'], message, `nodes: ${listFirstNames(nodes)}`);
        return undefined;
      }
      return { kind: 'crash', nodes, ...omitUndefined({ count }), store };
    },
  },
  clock: {
    nodesHit: ({ node }) => [node],
    build: (context, { clock }, path) => {
      if (clock === undefined || !context.checkNode(clock.node, [...path, 'clock', 'node'])) {
        return undefined;
      }
      if (clock.step === undefined && clock.drift === undefined) {
        context.refuse('E121', [...path, 'clock'], 'no change, expected step or drift');
        return undefined;
      }
      return {
        kind: 'clock',
        node: clock.node,
        stepNs: clock.step ?? 0,
        ppm: clock.drift ?? 0,
      };
    },
  },
  disk: {
    nodesHit: ({ node }) => [node],
    build: (context, { disk }, path) => {
      if (disk === undefined || !context.checkNode(disk.node, [...path, 'disk', 'node'])) {
        return undefined;
      }
      return { kind: 'disk', node: disk.node, slowerNs: disk.slower };
    },
  },
  burst: {
    changes: ({ node }) => [`burst ${node}`],
    build: (context, { burst }, path) => {
      if (burst === undefined || !context.checkNode(burst.node, [...path, 'burst', 'node'])) {
        return undefined;
      }
      return { kind: 'burst', ...burst };
    },
  },
  tap: {
    companions: ['link'],
    already: 'link is already tapped',
    targets: ({ links }) => idsOf(links),
    build: (context, input, path) => {
      const links = linksOf(context, input, path);
      if (links === undefined || input.tap === undefined) return undefined;
      const { replay = 0, replayWithin = 1, reorder = 0, forge = 0 } = input.tap;
      return { kind: 'tap', links, replay, replayWithin, reorder, forge };
    },
  },
  attack: {
    already: 'node is already under this attack',
    changes: ({ attack: { kind, node } }) => [`attack ${kind} ${node}`],
    build: (context, input, path) => {
      if (input.attack === undefined) return undefined;
      const attack = resolveAttack(context, input.attack, [...path, 'attack']);
      return attack === undefined ? undefined : { kind: 'attack', attack };
    },
  },
  flood: {
    already: 'node is already under this flood',
    changes: ({ flood: { forgery, node, as } }) => [`flood ${forgery} ${node} ${as}`],
    build: (context, input, path) => {
      if (input.flood === undefined) return undefined;
      const flood = resolveFlood(context, input.flood, [...path, 'flood']);
      return flood === undefined ? undefined : { kind: 'flood', flood };
    },
  },
  ask: {
    changes: () => [],
    nodesHit: ({ ask: { node } }) => [node],
    build: (context, input, path) => {
      if (input.ask === undefined) return undefined;
      const ask = resolveAsk(context, input.ask, [...path, 'ask']);
      return ask === undefined ? undefined : { kind: 'ask', ask };
    },
  },
  reconfigure: {
    changes: ({ ask: { node, by = '' } }) => [`reconfigure ${node} ${by}`],
    nodesHit: ({ ask: { node } }) => [node],
    build: (context, input, path) => {
      if (input.reconfigure === undefined) return undefined;
      const ask = resolveReconfigure(context, input.reconfigure, [...path, 'reconfigure']);
      return ask === undefined ? undefined : { kind: 'reconfigure', ask };
    },
  },
};

/** The keys of all actions in a file. */
export const ACTION_KEYS = Object.keys(ACTIONS) as ActionKey[];

/** The key by which an event in a file names this action. */
export function findActionKey({ kind }: FaultAction): ActionKey {
  return kind.replace('-link', '') as ActionKey;
}

/** Ids of links or names of nodes on which an action acts, if known before the run. */
export function listActionTargets(action: FaultAction): readonly string[] {
  return definitionOf(action).targets?.(action) ?? [];
}

/** Nodes whose program or clock the action changes. */
export function nodesChangedByAction(action: FaultAction): readonly string[] {
  return definitionOf(action).nodesHit?.(action) ?? [];
}

/**
 * Texts that name what an action changes, such as `up core-110--core-310 forward` or `crash
 * gateway-111`.
 */
export function listActionChanges(action: FaultAction): readonly string[] {
  const { changes } = definitionOf(action);
  return (
    changes?.(action) ??
    listActionTargets(action).map((target) => `${findActionKey(action)} ${target}`)
  );
}

function definitionOf(action: FaultAction): Action<FaultAction> {
  return ACTIONS[findActionKey(action)] as Action<FaultAction>;
}

function idsOf(links: LinkSelector): readonly string[] {
  return links.kind === 'ids' ? links.ids : [];
}

function linksOf(
  context: ScenarioContext,
  input: ActionInput,
  path: ValuePath,
): LinkSelector | undefined {
  if (input.link !== undefined) return resolveSelector(context, input.link, [...path, 'link']);
  const hint = 'write link: "a <-> b"';
  context.refuse('E121', [...path, 'link'], 'missing, expected the link to act on', hint);
  return undefined;
}

function directionOf<Words extends string>(
  context: ScenarioContext,
  input: ActionInput,
  path: ValuePath,
  allowed: readonly [Words, ...Words[]],
): Words | undefined {
  if (input.direction === undefined) return allowed[0];
  const found = allowed.find((word) => word === input.direction);
  if (found === undefined) {
    const message = `"${input.direction}" does not fit here, expected ${allowed.join(', ')}`;
    context.refuse('E104', [...path, 'direction'], message);
  }
  return found;
}
