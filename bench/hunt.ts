/**
 * What an attempt of a hunt costs compared with a plain run of the same scenario, faults and seed:
 * processor time of drawn attempts and of plain runs, measured alternately in this process, which
 * has opened the scenario once.
 *
 * `npm run bench -- hunt`. The ratio of each pair is taken, because the costs of attempts differ by
 * factors of ten and more.
 *
 * @module
 */
import { openRandomStream } from '../engine/core/stream.ts';
import { drawAttempt } from '../runner/hunt/draw.ts';
import { openHuntedScenario } from '../runner/hunt/open-hunted-scenario.ts';
import { AttemptTrier } from '../runner/hunt/try-attempt.ts';
import { EventCheck } from '../runner/injection/event-check.ts';
import { runSeed } from '../runner/run/run-seed.ts';
import { type BenchResult, cpuTimeUs, requireEqual, spreadOf } from './bench-result.ts';

/** Name of this benchmark for `npm run bench -- hunt`. */
export const name = 'hunt';

/** Largest cost of an attempt as a multiple of the simulation alone. */
const TARGET = 1.3;
/** For each scenario, how many attempts are measured, and how often each. */
const SCENARIOS: readonly (readonly [string, number, number])[] = [
  ['hello', 32, 10],
  ['live-crash', 12, 4],
  ['fabric-outage', 12, 6],
];
/** Number of attempts that are made first and not measured, so that the code is compiled. */
const WARM_UP = 12;
const US_PER_MS = 1_000;

/** Measures each scenario in pairs. */
export async function run(): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const scenario of SCENARIOS) results.push(...(await compare(...scenario)));
  return results;
}

async function compare(
  file: string,
  attempts: number,
  turns: number,
): Promise<readonly BenchResult[]> {
  const hunted = await openHuntedScenario(`${file}.yaml`, {});
  const { registry, targets } = hunted;
  const trier = new AttemptTrier(hunted);
  const check = new EventCheck(hunted.scenario, registry);
  const draws = openRandomStream(1, 'hunt', 'bench');
  const alone: number[] = [];
  const ratios: number[] = [];
  for (let number = 0; ratios.length < attempts; number += 1) {
    const attempt = drawAttempt(draws, targets, { isSwarm: true });
    const { fingerprint: wanted } = trier.try(attempt);
    // An attempt that ends early, because a fault could not happen, says nothing.
    if (wanted === '' || number < WARM_UP) continue;
    const scenario = { ...hunted.scenario, events: check.takeAll(attempt.events).specs };
    const us = (isAttempt: boolean): number => {
      let print = '';
      const took = cpuTimeUs(() => {
        const tried = isAttempt
          ? trier.try(attempt)
          : runSeed({ scenario, registry, seed: attempt.seed });
        print = tried.fingerprint;
      });
      requireEqual('the fingerprint', print, wanted);
      return took;
    };
    let [triedUs, plainUs] = [0, 0];
    for (let turn = 0; turn < turns; turn += 1) {
      // The order alternates, so that neither run always pays for the other's garbage.
      if (turn % 2 === 0) triedUs += us(true);
      plainUs += us(false);
      if (turn % 2 === 1) triedUs += us(true);
    }
    alone.push(plainUs / turns / US_PER_MS);
    ratios.push(triedUs / plainUs);
  }
  return [
    { name: `${file}, the simulation alone`, unit: 'ms', ...spreadOf(alone) },
    { name: '  an attempt of a hunt', unit: 'x', target: TARGET, ...spreadOf(ratios) },
  ];
}
