/**
 * Whether the protocols of a run draw anything. Plain values, no DOM.
 *
 * @module
 */
import { PROTOCOLS } from '../../data/protocols.ts';
import type { Lack, RunFacts } from '../../kernel/lacks.ts';

const DRAWING = new Set(
  PROTOCOLS.flatMap(({ protocol, views }) => (views.length > 0 ? [protocol] : [])),
);

/** Why the protocols page has nothing to show; undefined if it has, or before the trace is open. */
export function withoutDrawings({ info }: RunFacts): Lack | undefined {
  if (info === undefined) return undefined;
  const spoken = [
    ...new Set(info.nodes.flatMap(({ protocol, layers = [] }) => [protocol, ...layers])),
  ];
  if (spoken.length === 0 || spoken.some((one) => DRAWING.has(one))) return undefined;
  const verb = spoken.length === 1 ? 'has' : 'have';
  return { reason: `${spoken.join(' and ')} ${verb} no states to draw.` };
}
