/** Ten minutes without a way, crashes with torn stores, and a bus: thirty seeds of fabric-outage.yaml. */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../reports/model.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { counter, ratio } from '../unit/runner/fixture.ts';

const SEEDS = Array.from({ length: 30 }, (_, index) => index + 1);
const registry = new ProtocolRegistry();
const { scenario } = await openScenario('fabric-outage.yaml', {}, registry);

/** What is not as it must be, with the command that repeats it. */
function faultsOf(seed: number, result: SeedResult): readonly string[] {
  const delivery = ratio(result, 'fabric.delivery');
  const answered = ratio(result, 'fabric.answered');
  const found = {
    undelivered: delivery.denominator - delivery.numerator,
    unanswered: answered.denominator - answered.numerator,
    duplicates: counter(result, 'fabric.duplicates'),
    'handled twice': counter(result, 'fabric.handled_twice'),
    'wrong answers': counter(result, 'fabric.wrong_answers'),
    expired: counter(result, 'fabric.expired'),
    open: result.messages?.open ?? 0,
  };
  const wrong = Object.entries(found).filter(([, count]) => count !== 0);
  return wrong.map(
    ([what, count]) => `${count} ${what}: npm run scenario fabric-outage.yaml -- --seed ${seed}`,
  );
}

describe('fabric-outage.yaml', () => {
  it('R-147: neither loses nor doubles a message or call, in thirty seeds', () => {
    const results = SEEDS.map((seed) => runSeed({ scenario, registry, seed }));
    expect(results.flatMap((result, index) => faultsOf(SEEDS[index] as number, result))).toEqual(
      [],
    );
    // Nothing of it is true for want of messages, of calls, of crashes, or of ways.
    for (const result of results) {
      expect(ratio(result, 'fabric.delivery').denominator).toBeGreaterThanOrEqual(590);
      expect(counter(result, 'fabric.calls')).toBeGreaterThanOrEqual(550);
      // A life that ends before it has sent anything is not noticed.
      expect(counter(result, 'fabric.restarts')).toBeGreaterThanOrEqual(3);
      expect(counter(result, 'fabric.known_pieces')).toBeGreaterThan(100);
      expect(counter(result, 'dtn.arrived')).toBeGreaterThan(300);
    }
  }, 300_000);
});
