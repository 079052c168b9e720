/** Options that protocols let a hunt change have the value that their list names, in every node. @module */
import { describe, expect, it } from 'vitest';
import { openStream } from '../../../../engine/core/stream.ts';
import { drawAttempt } from '../../../../runner/hunt/draw.ts';
import { fieldOf, openField } from '../../../../runner/hunt/field.ts';
import { dataOf } from '../../../../runner/hunt/minimal.ts';
import { HUNTED_SCENARIOS } from '../../../../tools/nightly/hunted-scenarios.ts';

describe('the list of options', () => {
  it.each(Object.keys(HUNTED_SCENARIOS))('has values that %s can be run with', async (name) => {
    const field = await openField(name, {});
    const options = Object.entries(field.targets.options);
    expect(options.length).toBeGreaterThan(0);
    for (const [option, set] of options) {
      expect((await fieldOf(field, { option }))?.scenario.overrides).toMatchObject(set);
    }
  });

  it('is what attempts are drawn from, and a kept hunt from elsewhere names nothing else', async () => {
    const field = await openField('fabric-outage', {});
    const stream = openStream(1, 'hunt', 'test');
    const drawn = Array.from({ length: 400 }, () =>
      drawAttempt(stream, field.targets, { isSwarm: true }),
    );
    const changed = drawn.flatMap(({ option }) => option ?? []);
    expect(new Set(changed)).toEqual(new Set(Object.keys(field.targets.options)));
    expect(changed.length / drawn.length).toBeLessThan(0.4);
    expect(await fieldOf(field, { option: 'stack.0.run=./evil.mjs' })).toBe(field);
  });

  it('shows nothing where the rest of the scenario does not allow its value', async () => {
    const field = await openField('federated-gossip', {});
    const option = 'federated.secureAggregation.mode=signed';
    expect(Object.keys(field.targets.options)).toContain(option);
    expect(await fieldOf(field, { option })).toBeUndefined();
  });

  it('is in the file of a break', async () => {
    const field = await openField('fabric-outage', {});
    const attempt = { seed: 1, events: [], option: 'dtn.layer=ltp' };
    const own = await fieldOf(field, attempt);
    const found = { kind: 'crash', place: 'x', text: 'x' } as const;
    const data = dataOf((own ?? field).scenario, { attempt, found, number: 1 });
    expect(data).toMatchObject({
      stack: [{ options: { layer: 'ltp', retry: '5s' } }, {}, {}],
      options: { 'bus/dtn': { layer: 'ltp' } },
    });
  });
});
