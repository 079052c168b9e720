/**
 * What a report says about seeds without measurements.
 *
 * @module
 */
import { seedNamesText } from '../../reports/seed-names.ts';

/** A seed without measurements, and why. */
interface MissingSeed {
  readonly seed: number;
  readonly message: string;
}

/** One line for each reason with its seeds, because a hundred seeds may have the same reason. */
export function missingSeedTexts(missing: readonly MissingSeed[]): readonly string[] {
  const byReason = new Map<string, number[]>();
  for (const { seed, message } of [...missing].sort((a, b) => a.seed - b.seed)) {
    byReason.set(message, [...(byReason.get(message) ?? []), seed]);
  }
  return [...byReason].map(([reason, seeds]) => `${seedNamesText(seeds)}: ${reason}`);
}
