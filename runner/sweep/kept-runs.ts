/**
 * The runs of a sweep as lines of its file of results, so that a stopped sweep can go on.
 *
 * @module
 */
import { kpiName } from '../../reports/kpi-text.ts';
import type { SeedResult } from '../../reports/model.ts';
import type { Report } from '../../reports/report-schema.ts';
import { type RunIdentityFacts, runId } from '../../scenarios/identity.ts';
import { hashScenarioFiles } from '../../scenarios/open/run-files.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import { packResult, trimResultToKpis, unpackResult } from './packed-result.ts';
import type { ResultsFileRun } from './results-file.ts';
import type { SweepCombination, SweepStore } from './run-sweep.ts';
import { canBeJudged } from './untrusted-answer.ts';

/** Makes the identity of a run: a hash of scenario, seed and commit, which determine its results. */
export function makeRunIdentity(
  { scenario }: SweepCombination,
  seed: number,
  commit: string,
  hunted?: RunIdentityFacts['hunted'],
): string {
  const files = hashScenarioFiles(scenario);
  return runId({ commit, files, parameters: scenario.overrides, seed, hunted });
}

/** The lines of runs that were made before, and of those that end. */
export class KeptRuns implements SweepStore {
  readonly #commit: string;
  readonly #known: ReadonlyMap<string, ResultsFileRun>;
  readonly #onRun: (line: ResultsFileRun) => void;

  constructor(parts: {
    readonly commit: string;
    /** Lines of runs that were made before, by their identity. */
    readonly known: ReadonlyMap<string, ResultsFileRun>;
    /** Called when a run has ended, with the line to keep of it. */
    readonly onRun: (line: ResultsFileRun) => void;
  }) {
    this.#commit = parts.commit;
    this.#known = parts.known;
    this.#onRun = parts.onRun;
  }

  /** @throws Refusal for an undamaged line that is not a finished run of this seed. */
  recall(
    cell: SweepCombination,
    seed: number,
    judge: (result: SeedResult) => Report,
  ): SeedResult | undefined {
    const line = this.#known.get(makeRunIdentity(cell, seed, this.#commit));
    if (line === undefined) return undefined;
    const result = unpackResult(line.result);
    if (result === undefined || result.fingerprint !== line.fingerprint) return undefined;
    for (const found of [line.seed, result.seed]) {
      if (found === seed) continue;
      throw new Refusal(`the line of ${line.id}, which is seed ${seed}, holds seed ${found}`);
    }
    if (result.ending !== 'complete') {
      throw new Refusal(`the line of ${line.id}, seed ${seed}, holds a run that had not ended`);
    }
    return canBeJudged(result, judge) ? result : undefined;
  }

  keep(cell: SweepCombination, result: SeedResult, { kpis }: Report): void {
    const { parameters, isKept, scenario } = cell;
    const { seed, fingerprint } = result;
    const kept = isKept ? result : trimResultToKpis(result, scenario.kpis);
    const values = Object.fromEntries(kpis.map((kpi) => [kpiName(kpi), kpi.value]));
    const id = makeRunIdentity(cell, seed, this.#commit);
    this.#onRun({ id, parameters, seed, fingerprint, values, result: packResult(kept) });
  }
}
