/** Files with a break get smaller, and show the same break. @module */
import { describe, expect, it } from 'vitest';
import {
  mapsAtPath,
  parseTimeNs,
  type ScenarioData,
} from '../../../../runner/hunt/scenario-data.ts';
import { shrinkScenario } from '../../../../runner/hunt/shrink.ts';

const node = (name: string): ScenarioData => ({ name, run: 'ping' });
const event = (at: string, crash: string): ScenarioData => ({ at, for: '900ms', crash });
const DATA: ScenarioData = {
  topology: {
    nodes: ['a', 'b', 'c', 'd'].map(node),
    links: [{ ends: 'a <-> b' }, { ends: 'b <-> c' }, { ends: 'c <-> d' }],
  },
  options: { a: { port: 7, timeout: '2s' }, d: { port: 8 } },
  duration: '40s',
  warmup: '0s',
  traffic: [
    { from: 'a', to: 'b', rate: '1000/s' },
    { from: 'c', to: 'd', rate: '10/s' },
  ],
  events: [
    event('1234567us', 'a'),
    event('2s', 'b'),
    event('3s', 'c'),
    { at: '4s', for: '1s', link: 'a--b', set: { loss: '90%' } },
    { at: '5s', for: '2s', partition: { from: ['a', 'd'], to: ['b', 'c'] } },
  ],
  seeds: [812],
};

/** Shrinks while `holds`; also returns how many files were tried. */
async function shrunk(
  holds: (data: ScenarioData) => boolean,
  more: { readonly recoverNs?: number; readonly tries?: number; readonly data?: ScenarioData } = {},
): Promise<{ readonly data: ScenarioData; readonly tried: number }> {
  let tried = 0;
  const data = await shrinkScenario({
    data: more.data ?? DATA,
    firstThatHolds: async (some) => {
      const at = some.findIndex((one) => {
        tried += 1;
        return holds(one);
      });
      return await Promise.resolve(at);
    },
    isOver: () => tried >= (more.tries ?? Number.POSITIVE_INFINITY),
    onSmaller: () => undefined,
    recoverNs: more.recoverNs,
  });
  return { data, tried };
}

const crashes = (data: ScenarioData, name: string): boolean =>
  mapsAtPath(data, ['events']).some(({ crash }) => crash === name);
const has = (data: ScenarioData, name: string): boolean =>
  mapsAtPath(data, ['topology', 'nodes']).some((one) => one['name'] === name);

describe('a file with a break', () => {
  it('keeps only the faults and nodes that the break needs, at the first seed', async () => {
    const { data } = await shrunk((one) => crashes(one, 'c') && has(one, 'c') && has(one, 'b'));
    expect(mapsAtPath(data, ['events'])).toEqual([{ at: '3s', for: '1us', crash: 'c' }]);
    expect(data['topology']).toEqual({ nodes: [node('b'), node('c')], links: [] });
    expect(data).toMatchObject({ traffic: [], options: {}, seeds: [1] });
  });

  it('keeps faults that only break it together', async () => {
    const { data } = await shrunk((one) => crashes(one, 'a') && crashes(one, 'c'));
    expect(mapsAtPath(data, ['events']).map(({ crash }) => crash)).toEqual(['a', 'c']);
  });

  it('has rounder times and weaker faults where these do', async () => {
    const { data } = await shrunk((one) =>
      mapsAtPath(one, ['events']).some(({ set }) => {
        const { loss = '0%' } = (set ?? {}) as { readonly loss?: string };
        return Number.parseFloat(loss) >= 40;
      }),
    );
    expect(mapsAtPath(data, ['events'])).toMatchObject([{ set: { loss: '45%' } }]);
    const late = await shrunk((one) =>
      mapsAtPath(one, ['events']).some(({ at }) => String(at).startsWith('1')),
    );
    expect(mapsAtPath(late.data, ['events'])[0]).toMatchObject({ at: '1s' });
  });

  it('loses a node with its links, its traffic, its options and its side of a partition', async () => {
    const { data } = await shrunk((one) =>
      !has(one, 'd') || mapsAtPath(one, ['topology', 'nodes']).length === 4
        ? mapsAtPath(one, ['events']).some(({ partition }) => partition !== undefined) &&
          has(one, 'a')
        : false,
    );
    expect(mapsAtPath(data, ['topology', 'nodes']).map((one) => one['name'])).toEqual(['a']);
    expect(mapsAtPath(data, ['events'])[0]).toMatchObject({ partition: { from: ['a'], to: [] } });
  });

  it('has the smallest generated network that shows it', async () => {
    const generate = { kind: 'mixnet', layers: 3, width: 2, clients: 8 };
    const { data } = await shrunk(
      (one) => {
        const { layers, clients } = (one['topology'] as { readonly generate: typeof generate })
          .generate;
        return layers * clients >= 5;
      },
      { data: { ...DATA, topology: { generate } } },
    );
    expect(data['topology']).toEqual({
      generate: { kind: 'mixnet', layers: 1, width: 1, clients: 5 },
    });
  });

  it('measures no sooner after its last fault than the nodes need to recover', async () => {
    const recovering = { ...DATA, warmup: '30s' };
    const { data } = await shrunk((one) => crashes(one, 'c'), {
      data: recovering,
      recoverNs: 5_000_000_000,
    });
    const [{ at, for: lasts } = {}] = mapsAtPath(data, ['events']);
    expect([at, lasts, data['warmup']]).toEqual(['3s', '1us', '8000001us']);
  });

  it('was made smaller for ever: a length was rounded up, and cut again', async () => {
    const isLong = ({ for: lasts }: ScenarioData): boolean =>
      (parseTimeNs(lasts) ?? 0) >= 1_500_000;
    const { tried } = await shrunk((one) => mapsAtPath(one, ['events']).some(isLong), {
      tries: 5_000,
    });
    expect(tried).toBeLessThan(1_000);
  });

  it('is what there is when the time is over', async () => {
    const { data, tried } = await shrunk((one) => crashes(one, 'c'), { tries: 6 });
    expect(tried).toBeLessThan(20);
    expect(crashes(data, 'c')).toBe(true);
  });

  it('stays as it is if nothing smaller shows the break', async () => {
    const { data } = await shrunk(() => false);
    expect(data).toBe(DATA);
  });
});
