/**
 * Runs scenarios of fabric for benchmarks.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SeedResult } from '../../reports/model.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import { loadScenario } from '../../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../../scenarios/folders.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { cpuTimeUs } from '../bench-result.ts';
import type { MeasuredFigure, Measurement } from '../in-turn.ts';

/** Millions of steps per second of the calibration loop for which targets hold. */
export const REFERENCE_PACE = 100;

const US_PER_S = 1e6;
const MESSAGES_PER_CALL = 2;

/** Runs scenarios from files in a temporary folder, which `close` removes. */
export class FabricRuns {
  readonly #folder = mkdtempSync(join(tmpdir(), 'orrery-bench-'));
  readonly #registry = new ProtocolRegistry();

  /** Returns a measurement of messages per second of processor time. */
  calls(title: string, text: string): Measurement {
    const scenario = this.#load(text);
    return (): readonly MeasuredFigure[] => {
      let answered = 0;
      const us = cpuTimeUs(() => {
        answered = answeredCalls(this.#seed(scenario));
      });
      if (answered === 0) throw new Error(`void: no call was answered: ${title}`);
      const value = (answered * MESSAGES_PER_CALL * US_PER_S) / us;
      return [{ name: title, unit: 'messages/s', value }];
    };
  }

  /** Runs one seed of a scenario. */
  run(text: string): SeedResult {
    return this.#seed(this.#load(text));
  }

  /** Removes the files. */
  close(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #load(text: string): Scenario {
    const file = join(this.#folder, 'bench.yaml');
    writeFileSync(file, text);
    return loadScenario({ path: file, folders: SHIPPED_FILE_FOLDERS, registry: this.#registry });
  }

  #seed(scenario: Scenario): SeedResult {
    return runSeed({ scenario, registry: this.#registry, seed: 1 });
  }
}

function answeredCalls({ metrics }: SeedResult): number {
  const data = metrics['fabric.answered_calls'];
  return data?.kind === 'counter' ? data.value : 0;
}
