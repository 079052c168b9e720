/**
 * Runs the scenarios of test/fixtures/fabric-faults.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { load, report, run } from '../unit/runner/fixture.ts';

/** The limits that these seeds miss, each with the command that repeats it. */
export function faultsOf(name: string, seeds: readonly number[]): readonly string[] {
  const file = `test/fixtures/fabric-faults/${name}.yaml`;
  const scenario = load(fileURLToPath(new URL(`../../${file}`, import.meta.url)));
  return seeds.flatMap((seed) => {
    const { kpis } = report(scenario, [run(scenario, seed)]);
    return kpis
      .filter(({ pass }) => !pass)
      .map(
        ({ metric, value, limitText }) =>
          `${metric} is ${value}, not ${limitText}: npm run scenario ${file} -- --seed ${seed}`,
      );
  });
}
