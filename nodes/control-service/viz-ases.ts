/**
 * The ASes of a run, as traced by their control services, and their positions in a picture of their
 * links: core ASes at the top, each other AS below its parents.
 *
 * @module
 */
import type { DrawingInput } from '../../viz/format/drawing.ts';
import { readSingleTracedState } from '../_kit/trace-state.ts';
import {
  AS_TRACE,
  KNOWLEDGE_TRACE,
  type KnowledgeState,
  ORIGINS_TRACE,
  type TracedInterface,
  type TracedOrigin,
} from './trace-states.ts';

/** An AS with a control service. */
export interface DrawnAs {
  readonly isdAs: string;
  /** The name of its control service. */
  readonly node: string;
  readonly isCore: boolean;
  readonly interfaces: readonly TracedInterface[];
  readonly origins: readonly TracedOrigin[];
  /** Absent before the first tick. */
  readonly knowledge: KnowledgeState | undefined;
}

/** True if a control service has traced its AS. */
export function isAsTraced({ nodes }: Pick<DrawingInput, 'nodes'>): boolean {
  return nodes.some(({ states }) => states.has(AS_TRACE.machine));
}

/** The ASes whose control services are traced, in the order of the run. */
export function readDrawnAses({ nodes }: Pick<DrawingInput, 'nodes'>): readonly DrawnAs[] {
  return nodes.flatMap(({ name, states }) => {
    const as = readSingleTracedState(AS_TRACE, states)?.value;
    if (as === undefined) return [];
    const origins = readSingleTracedState(ORIGINS_TRACE, states)?.value ?? [];
    const knowledge = readSingleTracedState(KNOWLEDGE_TRACE, states)?.value;
    const { isdAs, kind, interfaces } = as;
    return [{ isdAs, node: name, isCore: kind === 'core', interfaces, origins, knowledge }];
  });
}

/**
 * Arranges ASes in rows from the core downwards. Neighbours are placed near each other where
 * possible.
 */
export function arrangeInRows(ases: readonly DrawnAs[], mostInRow: number): readonly DrawnAs[][] {
  const left = new Map(ases.map((as) => [as.isdAs, as]));
  const take = (isdAs: string): DrawnAs | undefined => {
    const as = left.get(isdAs);
    left.delete(isdAs);
    return as;
  };
  const rows: DrawnAs[][] = [];
  const takeRest = (): DrawnAs[] => [...left.keys()].flatMap((isdAs) => take(isdAs) ?? []);
  let row = orderCores(ases).flatMap(({ isdAs }) => take(isdAs) ?? []);
  if (row.length === 0) row = takeRest();
  while (row.length > 0) {
    for (let at = 0; at < row.length; at += mostInRow) rows.push(row.slice(at, at + mostInRow));
    const placeOf = new Map(row.map(({ isdAs }, at) => [isdAs, at]));
    const parents = ({ interfaces }: DrawnAs): readonly number[] =>
      interfaces.flatMap(({ relation, neighbour }) =>
        relation === 'parent' ? (placeOf.get(neighbour) ?? []) : [],
      );
    row = [...left.values()]
      .map((as) => ({ as, at: meanOf(parents(as)) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at)
      .flatMap(({ as }) => take(as.isdAs) ?? []);
    // ASes that are not connected to any traced AS above come last.
    if (row.length === 0) row = takeRest();
  }
  return rows;
}

/**
 * Orders core ASes so that, where possible, each one is followed by a core AS with which it has a
 * link.
 */
function orderCores(ases: readonly DrawnAs[]): readonly DrawnAs[] {
  const cores = ases.filter(({ isCore }) => isCore);
  const linksOf = ({ interfaces }: DrawnAs): readonly string[] =>
    interfaces.flatMap(({ relation, neighbour }) => (relation === 'core' ? [neighbour] : []));
  const waiting = [...cores].sort((a, b) => linksOf(a).length - linksOf(b).length);
  const order: DrawnAs[] = [];
  while (waiting.length > 0) {
    const last = order.at(-1);
    const near = last === undefined ? [] : linksOf(last);
    const next = waiting.findIndex(({ isdAs }) => near.includes(isdAs));
    order.push(waiting[Math.max(0, next)] as DrawnAs);
    waiting.splice(Math.max(0, next), 1);
  }
  return order;
}

/** The mean of the values; -1 if there are none. */
function meanOf(values: readonly number[]): number {
  return values.length === 0 ? -1 : values.reduce((sum, one) => sum + one, 0) / values.length;
}

/**
 * Shortens an ISD-AS number, so that it fits as a name into a picture: `1-110` for `1-ff00:0:110`.
 */
export function shortName(isdAs: string): string {
  return `${isdAs.split('-')[0]}-${isdAs.split(':').at(-1)}`;
}

/** Formats an instant or a duration: `5.41 s`. */
export function secondsText(ns: number): string {
  return `${(ns / 1e9).toFixed(2)} s`;
}
