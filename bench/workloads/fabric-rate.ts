/**
 * Prints three rates of calls over gateways, in messages per second of processor time on a machine of the reference's
 * pace: a process of its own with the modules as Node loads them, for a runner of tests may read each imported name
 * through an accessor, which takes a fifth of such a run.
 *
 * @module
 */
import { inTurnWithLoop } from '../in-turn.ts';
import { GATEWAY } from './fabric-calls.ts';
import { FabricRuns, REFERENCE_PACE } from './fabric-runs.ts';

const ROUNDS = 3;

const runs = new FabricRuns();
try {
  const calls = runs.calls('calls of 1 kB over gateways', GATEWAY);
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [result] = await inTurnWithLoop([calls], 1);
    rates.push((result?.ratio ?? Number.NaN) * REFERENCE_PACE);
  }
  process.stdout.write(JSON.stringify(rates));
} finally {
  runs.close();
}
