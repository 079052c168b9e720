/**
 * Begins to shrink: from a run that broke, or from what a hunt found.
 *
 * @module
 */
import type { Scenario } from '../../scenarios/model.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import { makeScenarioDocument } from '../injection/scenario-document.ts';
import type { AttemptOutcome, HuntBreak } from './attempt.ts';
import type { FoundBreak } from './hunt.ts';
import { type HuntedScenario, prepareAttemptScenario } from './hunted-scenario.ts';
import { breakScenarioData } from './minimal.ts';
import { mapsAtPath, type ScenarioData } from './scenario-data.ts';
import type { ScenarioPlaces } from './scenario-opener.ts';
import {
  findFirstShowingBreak,
  type ShrinkBreakParts,
  type ShrunkBreak,
  shrinkBreak,
} from './shrink-break.ts';

/** How files are tried, and for how long. */
type Means = Pick<ShrinkBreakParts, 'files' | 'limitMs' | 'isStopped' | 'onSmaller'>;

/** A run that broke: its scenario and seed, how it went, and the break to shrink. */
export interface BrokenRun {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly tried: AttemptOutcome;
  readonly found: HuntBreak;
}

/**
 * Shrinks the scenario of a run that broke.
 * @returns what is left, undefined if no file shows it again; `stopped` if it did not come to that.
 * @throws Refusal if not even the whole scenario shows the break again.
 */
export async function shrinkRun(
  { scenario, seed, tried, found }: BrokenRun,
  means: Means,
  places: ScenarioPlaces,
): Promise<ShrunkBreak | undefined | 'stopped'> {
  const one = { attempt: { seed, events: tried.events }, found };
  const parts = {
    ...{ ...means, one, recoverNs: undefined, keepsRates: found.kind === 'recover' },
    origin: `Shrunk from ${scenario.name}, seed ${seed}`,
  };
  const document = makeScenarioDocument(scenario, places).toJS() as ScenarioData;
  const some = [tried.events, mapsAtPath(document, ['events'])].map((events) =>
    breakScenarioData(scenario, { found, attempt: { seed, events } }, places),
  );
  const first = some[await findFirstShowingBreak(some, parts)];
  if (means.isStopped()) return 'stopped';
  if (first === undefined) throw new Refusal(`no file shows it again: ${found.text}`);
  return await shrinkBreak({ ...parts, data: first });
}

/** Shrinks what a hunt found. @returns what is left; undefined if no file shows it again. */
export async function shrinkFind(
  hunted: HuntedScenario,
  one: FoundBreak,
  means: Means,
): Promise<ShrunkBreak | undefined> {
  const own = await prepareAttemptScenario(hunted, one.attempt);
  const { scenario, targets, opener } = hunted;
  // These breaks show only after a time without faults.
  const isQuiet = one.found.kind === 'recover' || one.found.kind === 'growth';
  return await shrinkBreak({
    ...{ ...means, one, data: breakScenarioData((own ?? hunted).scenario, one, opener) },
    origin: `Found by a hunt in attempt ${one.number}`,
    recoverNs: isQuiet ? scenario.warmupNs - targets.quietNs : undefined,
  });
}
