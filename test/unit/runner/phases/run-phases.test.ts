/**
 * The phases of a run are the same in every world: their order, and what is closed if one fails.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../../../reports/model.ts';
import {
  type AssembledRun,
  type RunDriver,
  runPhases,
} from '../../../../runner/phases/run-phases.ts';
import { type PromiseSteps, runStepsWaiting } from '../../../../runner/phases/steps.ts';
import { assembleSeed } from '../../../../runner/run/assemble-seed.ts';
import { load, registry } from '../fixture.ts';

const PHASES = [
  'cast',
  'open',
  'prepare',
  'untilReady',
  'begin',
  'pass',
  'settle',
  'addTo',
] as const;
const scenario = load('hello.yaml', { duration: '1s', warmup: '0s' });

/** A world in virtual time whose driver writes down what is asked of it, and may fail. */
class Witness implements RunDriver {
  readonly told: string[] = [];
  readonly failing: string | undefined;
  readonly #assembled = assembleSeed({ scenario, registry, seed: 1 });

  constructor(failing?: string) {
    this.failing = failing;
  }

  assemble(): AssembledRun {
    this.#tell('cast');
    const recording = {
      tick: (): void => undefined,
      finish: (): readonly string[] => {
        this.#tell('finish');
        return ['of the recording'];
      },
      close: (): void => this.#tell('close recording'),
    };
    return { ...this.#assembled, recording };
  }

  *open(): PromiseSteps<void> {
    yield this.#later('open');
  }

  prepare(act: () => void): void {
    this.#tell('prepare');
    act();
  }

  *untilReady(): PromiseSteps<void> {
    yield this.#later('untilReady');
  }

  *begin(): PromiseSteps<void> {
    yield this.#later('begin');
  }

  *pass({
    experiment,
  }: {
    readonly experiment: { readonly overNs: number };
  }): PromiseSteps<'complete'> {
    yield this.#later('pass');
    this.#assembled.world.sim.runUntil(experiment.overNs);
    return 'complete';
  }

  *settle(): PromiseSteps<void> {
    yield this.#later('settle');
  }

  facts(): ReturnType<RunDriver['facts']> {
    return { fingerprint: 'none', events: 7, wallMs: 3, warnings: ['twice', 'twice'] };
  }

  addTo(result: SeedResult): SeedResult {
    this.#tell('addTo');
    return result;
  }

  *close(): PromiseSteps<void> {
    yield this.#later('close');
  }

  #later(phase: string): Promise<void> {
    return Promise.resolve().then(() => this.#tell(phase));
  }

  #tell(phase: string): void {
    this.told.push(phase);
    if (phase === this.failing) throw new Error(`${phase} failed`);
  }
}

describe('the phases of a run', () => {
  it('follow each other, and end in a result', async () => {
    const witness = new Witness();
    const result = await runStepsWaiting(runPhases(witness));
    expect(witness.told).toEqual([...PHASES, 'finish', 'close recording', 'close']);
    expect(result).toMatchObject({ ending: 'complete', events: 7, wallMs: 3, seed: 1 });
    expect(result.warnings).toEqual(['twice', 'of the recording']);
    expect(result.metrics['ping.delivery']).toMatchObject({ kind: 'ratio' });
  });

  it.each(PHASES)('end in %s if it fails, and close what is open', async (phase) => {
    const witness = new Witness(phase);
    await expect(runStepsWaiting(runPhases(witness))).rejects.toThrow(`${phase} failed`);
    const until = [...PHASES.slice(0, PHASES.indexOf(phase) + 1)];
    const closing = phase === 'cast' ? ['close'] : ['close recording', 'close'];
    expect(witness.told).toEqual([...until, ...closing]);
  });
});
