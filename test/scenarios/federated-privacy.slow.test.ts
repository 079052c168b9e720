/** What a budget costs in accuracy, in a smaller federation than that of federated-privacy.yaml. */
import { expect, it } from 'vitest';
import type { MetricData } from '../../reports/model.ts';
import { load, run } from '../unit/runner/fixture.ts';

const samples = (data: MetricData | undefined): readonly number[] =>
  data?.kind === 'samples' ? data.values : [];

function learned(noise: number): { readonly epsilon: number; readonly accuracy: number } {
  const { metrics } = run(
    load('federated-privacy.yaml', {
      'topology.generate.nodes': '101',
      'stack.1.options.privacy.noise': String(noise),
    }),
  );
  const accuracies = samples(metrics['dp.accuracy']);
  // Each round has its epsilon and its accuracy.
  expect([accuracies.length, samples(metrics['dp.delta']).length]).toEqual([20, 20]);
  return { epsilon: samples(metrics['dp.epsilon']).at(-1) ?? 0, accuracy: accuracies.at(-1) ?? 0 };
}

it('R-160: accuracy is lost as the budget shrinks, and both are told', () => {
  const [none, ten, one, tenth] = [0.01, 2.4025, 18.093, 152.02].map(learned) as [
    ReturnType<typeof learned>,
    ReturnType<typeof learned>,
    ReturnType<typeof learned>,
    ReturnType<typeof learned>,
  ];
  expect(none.epsilon).toBeGreaterThan(100_000);
  expect(ten.epsilon).toBeCloseTo(10, 2);
  expect(one.epsilon).toBeCloseTo(1, 3);
  expect(tenth.epsilon).toBeCloseTo(0.1, 4);
  expect(none.accuracy).toBeGreaterThan(0.45);
  expect(ten.accuracy).toBeGreaterThan(none.accuracy - 0.08);
  expect(one.accuracy).toBeLessThan(ten.accuracy);
  // Among ten classes, guessing is right in one of ten.
  expect(tenth.accuracy).toBeLessThan(0.25);
});
