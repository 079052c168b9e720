import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { NetworkView } from '../../../../engine/host/network-view.ts';
import { segmentsFromJson, segmentsToJson } from '../../../../nodes/scion/paths/segment-text.ts';
import { makePathFinder } from '../../../../nodes/scion/provisioning.ts';
import { requireIsdAs } from '../../../../nodes/scion/wire/isd-as.ts';
import { provisionSeed } from '../../../../runner/nodes/run-provision.ts';
import { makeProtocolStackFinder } from '../../../../scenarios/open/nodes.ts';
import { viewWith } from '../../../fixtures/views.ts';
import { load, registry, SECOND } from '../../runner/fixture.ts';

const HALF_HOUR = 1_800;
const START = 1_767_225_600;
const crypto = createCryptoProvider('node', { timing: 'simulation' });
const shipped = load('failover.yaml');

/** The view of a gateway in a run of the given duration. */
function viewOf(seconds: number): NetworkView {
  const scenario = { ...shipped, epochSeconds: START, durationNs: seconds * SECOND };
  const stackOf = makeProtocolStackFinder(scenario, registry);
  return provisionSeed({ scenario, seed: 1, stackOf, crypto }).viewOf('gateway-111');
}

const index = (view: NetworkView): unknown => JSON.parse(view.published('scion/segments') ?? '');

describe('published segments', () => {
  it('are made for each half hour that the run begins, with its drain of a second', () => {
    expect(index(viewOf(HALF_HOUR - 2))).toEqual([START]);
    expect(index(viewOf(HALF_HOUR - 1))).toEqual([START, START + HALF_HOUR]);
    expect(index(viewOf(2 * HALF_HOUR - 2))).toEqual([START, START + HALF_HOUR]);
  });

  it('are the latest that a host’s clock has reached, the first for a slow and the last for a fast one', () => {
    const network = viewOf(2 * HALF_HOUR);
    const [source, target] = [requireIsdAs('1-ff00:0:111'), requireIsdAs('2-ff00:0:211')];
    const madeAt = (seconds: number): number | undefined =>
      makePathFinder({ network, crypto, seconds }).segmentsBetween(source, target).ups[0]
        ?.timestamp;
    // Dated ten seconds back, to tolerate clock drift.
    expect(madeAt(START)).toBe(START - 10);
    expect(madeAt(START + HALF_HOUR - 1)).toBe(START - 10);
    expect(madeAt(START + HALF_HOUR)).toBe(START + HALF_HOUR - 10);
    expect(madeAt(START - 100)).toBe(START - 10);
    expect(madeAt(START + 9 * HALF_HOUR)).toBe(START + 2 * HALF_HOUR - 10);
  });

  it('come out of their text as they went in', () => {
    const text = viewOf(1).published(`scion/segments/${START}`) ?? '';
    const segments = segmentsFromJson(text);
    expect(segments.cores.length + segments.downs.length).toBeGreaterThan(3);
    const mac = segments.downs[0]?.entries[0]?.hop.mac;
    expect(mac).toBeInstanceOf(Uint8Array);
    expect(mac?.length).toBe(6);
    expect(segmentsToJson(segments)).toBe(text);
  });

  it('are missed with a word in a network without routers', () => {
    const network = viewWith({ hosts: [], links: [], areas: [] });
    expect(() => makePathFinder({ network, crypto, seconds: START })).toThrow('has no router');
  });
});
