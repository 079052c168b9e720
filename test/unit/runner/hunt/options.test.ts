/** Options that protocols let a hunt change have the value that their list names, in every node. @module */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { drawAttempt } from '../../../../runner/hunt/draw.ts';
import { prepareAttemptScenario } from '../../../../runner/hunt/hunted-scenario.ts';
import { breakScenarioData } from '../../../../runner/hunt/minimal.ts';
import { openHuntedScenario } from '../../../../runner/hunt/open-hunted-scenario.ts';
import { NODE_PLACES } from '../../../../scenarios/open/node-places.ts';
import { HUNTED_SCENARIOS } from '../../../../tools/nightly/hunted-scenarios.ts';

describe('the list of options', () => {
  it.each(Object.keys(HUNTED_SCENARIOS))('has values that %s can be run with', async (name) => {
    const hunted = await openHuntedScenario(name, {});
    const options = Object.entries(hunted.targets.options);
    expect(options.length).toBeGreaterThan(0);
    for (const [option, set] of options) {
      expect((await prepareAttemptScenario(hunted, { option }))?.scenario.overrides).toMatchObject(
        set,
      );
    }
  });

  it('is what attempts are drawn from, and a kept hunt from elsewhere names nothing else', async () => {
    const hunted = await openHuntedScenario('fabric-outage', {});
    const stream = openRandomStream(1, 'hunt', 'test');
    const drawn = Array.from({ length: 400 }, () =>
      drawAttempt(stream, hunted.targets, { isSwarm: true }),
    );
    const changed = drawn.flatMap(({ option }) => option ?? []);
    expect(new Set(changed)).toEqual(new Set(Object.keys(hunted.targets.options)));
    expect(changed.length / drawn.length).toBeLessThan(0.4);
    expect(await prepareAttemptScenario(hunted, { option: 'stack.0.run=./evil.mjs' })).toBe(hunted);
  });

  it('shows nothing where the rest of the scenario does not allow its value', async () => {
    const hunted = await openHuntedScenario('federated-gossip', {});
    const option = 'federated.secureAggregation.mode=signed';
    expect(Object.keys(hunted.targets.options)).toContain(option);
    expect(await prepareAttemptScenario(hunted, { option })).toBeUndefined();
  });

  it('is in the file of a break', async () => {
    const hunted = await openHuntedScenario('fabric-outage', {});
    const attempt = { seed: 1, events: [], option: 'dtn.layer=ltp' };
    const own = await prepareAttemptScenario(hunted, attempt);
    const found = { kind: 'crash', place: 'x', text: 'x' } as const;
    const data = breakScenarioData((own ?? hunted).scenario, { attempt, found }, NODE_PLACES);
    expect(data).toMatchObject({
      stack: [{ options: { layer: 'ltp', retry: '5s' } }, {}, {}],
      options: { 'bus/dtn': { layer: 'ltp' } },
    });
  });
});
