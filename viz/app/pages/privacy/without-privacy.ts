/**
 * Tells whether a run measured privacy, and which command measures it. Uses no DOM.
 *
 * @module
 */
import { PEELING_PROTOCOLS } from '../../data/protocols.ts';
import { type MissingData, type RunFacts, rerunCommandWithFlag } from '../../kernel/lacks.ts';

const NOT_MEASURED = 'Privacy was not measured.';
const NO_MIXES =
  'No node of this run hides which packet became which: there is no privacy to measure.';

/**
 * Says why the privacy page has nothing to show; undefined if it has something to show, or if there
 * is no report.
 */
export function missingPrivacyData({ report, info }: RunFacts): MissingData | undefined {
  if (report === undefined || report.privacy !== undefined) return undefined;
  if (report.privacyBudget !== undefined) return undefined;
  if (info === undefined) return { reason: NOT_MEASURED };
  const spoken = info.nodes.flatMap(({ protocol, layers = [] }) => [protocol, ...layers]);
  if (!spoken.some((one) => PEELING_PROTOCOLS.has(one))) return { reason: NO_MIXES };
  return { reason: NOT_MEASURED, ...rerunCommandWithFlag(report, '--set', 'privacy={}') };
}
