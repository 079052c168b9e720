/**
 * Says whether a protocol of the run has states to draw. Uses no DOM.
 *
 * @module
 */
import { PROTOCOLS } from '../../data/protocols.ts';
import type { MissingData, RunFacts } from '../../kernel/lacks.ts';

const DRAWING = new Set(
  PROTOCOLS.flatMap(({ protocol, views }) => (views.length > 0 ? [protocol] : [])),
);

/**
 * Says why the protocols page has nothing to show: no protocol of the run has states to draw.
 * Undefined if a protocol has, or while the trace is not open.
 */
export function whyNothingToDraw({ info }: RunFacts): MissingData | undefined {
  if (info === undefined) return undefined;
  const spoken = [
    ...new Set(info.nodes.flatMap(({ protocol, layers = [] }) => [protocol, ...layers])),
  ];
  if (spoken.length === 0 || spoken.some((one) => DRAWING.has(one))) return undefined;
  const verb = spoken.length === 1 ? 'has' : 'have';
  return { reason: `${spoken.join(' and ')} ${verb} no states to draw.` };
}
