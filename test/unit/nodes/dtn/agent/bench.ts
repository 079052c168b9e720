/** An agent between two neighbours, for tests of its parts. */
import type { PlannedContact, PlannedContacts } from '../../../../../engine/host/network-view.ts';
import type { CalendarTime } from '../../../../../engine/host/time.ts';
import type { SendWishes } from '../../../../../engine/host/transport.ts';
import { LinkOutlet } from '../../../../../nodes/dtn/agent/adjacency.ts';
import { BundleAgent } from '../../../../../nodes/dtn/agent/agent.ts';
import type { AgentEffect } from '../../../../../nodes/dtn/agent/effects.ts';
import type { AgentInput } from '../../../../../nodes/dtn/agent/input.ts';
import type { Outlet } from '../../../../../nodes/dtn/agent/outlet.ts';
import type { BundleAgentParts } from '../../../../../nodes/dtn/agent/parts.ts';
import { type DtnOptions, dtnConfig } from '../../../../../nodes/dtn/config.ts';
import { behaviourOf } from '../../../../../nodes/dtn/doubles/index.ts';
import { HostEids } from '../../../../../nodes/dtn/names.ts';
import { DirectRouter } from '../../../../../nodes/dtn/router/direct.ts';
import type { Router } from '../../../../../nodes/dtn/router/router.ts';
import { type Sample, sampleBundle } from '../wire/support.ts';

export const S = 1_000_000_000;
/** 2026-01-01T00:00:00Z. */
const EPOCH_S = 1_767_225_600;
export const EPOCH_DTN_MS = 820_540_800_000;
const BODY = new Uint8Array(1_000);

/** A store of the usual kind. */
export const STORE: DtnOptions['store'] = dtnConfig.parse({}).store;

export type Effect = AgentEffect<string>;

export interface Bench {
  readonly agent: BundleAgent<string>;
  /** Steps the agent and returns its effects without counters and levels. */
  readonly step: (
    now: number,
    input: Parameters<BundleAgent<string>['step']>[1],
  ) => readonly Effect[];
  /** Steps the agent and returns all effects. */
  readonly stepAll: Bench['step'];
}

export interface BenchOptions {
  readonly options?: Partial<DtnOptions>;
  readonly contacts?: PlannedContacts;
  readonly router?: Router;
  /** Instead of `router`. */
  readonly copies?: BundleAgentParts['copies'];
  /** How far the agent's clock is off at an instant, s. */
  readonly clockOffsetS?: (now: number) => number;
  readonly rateBps?: number;
  /** Name of the node. */
  readonly own?: string;
  /** Instead of the links. */
  readonly outlets?: readonly Outlet[];
  readonly security?: BundleAgentParts['security'];
}

/** Node a between b and c, over links of 8 kbit/s: a bundle of 1 kB takes about a second. */
export function bench(given: BenchOptions = {}): Bench {
  const { options, contacts, router, clockOffsetS, rateBps = 8_000 } = given;
  const parsed = { ...dtnConfig.parse({}), ...options };
  const link = (neighbour: string): LinkOutlet =>
    new LinkOutlet({
      link: `a--${neighbour}`,
      neighbour,
      maxBytes: 16 * 1024 * 1024,
      rateBps,
      contacts,
      bytesOnLink: (bytes) => bytes,
    });
  let nowNs = 0;
  const agent = new BundleAgent<string>({
    own: given.own ?? 'a',
    names: new HostEids(['a', 'b', 'c'], parsed.eids),
    options: parsed,
    behaviour: behaviourOf(parsed),
    outlets: given.outlets ?? [link('b'), link('c')],
    router: router ?? new DirectRouter(new Set(['b', 'c'])),
    clock: (): CalendarTime => {
      const seconds = EPOCH_S + (clockOffsetS?.(nowNs) ?? 0) + Math.floor(nowNs / S);
      return { seconds, nanos: nowNs % S };
    },
    below: (bound): number => bound - 1,
    planTime: (): number => nowNs,
    security: given.security,
    copies: given.copies,
  });
  const stepAll: Bench['step'] = (now, input) => {
    nowNs = now;
    return agent.step(now, input);
  };
  const step: Bench['step'] = (now, input) =>
    stepAll(now, input).filter(
      ({ kind }) => !['count', 'stored', 'hops', 'emptied', 'misplanned'].includes(kind),
    );
  return { agent, step, stepAll };
}

export function send(to: string, wishes: SendWishes = {}): AgentInput<string> {
  return { kind: 'send', request: 'r', to, body: BODY, wishes };
}

/** A bundle from c, as b hands it to a. */
export const foreign = (sample: Sample): AgentInput<string> => ({
  kind: 'bundle',
  bytes: sampleBundle({ source: 'ipn:3.1', ...sample }),
  from: 'b',
});

export const kinds = (effects: readonly Effect[]): readonly string[] =>
  effects.map((effect) => (effect.kind === 'drop' ? effect.reason : effect.kind));

export function window(startS: number, endS: number): PlannedContact {
  return { startNs: startS * S, endNs: endS * S, rateBps: 8_000, delayNs: 0 };
}
