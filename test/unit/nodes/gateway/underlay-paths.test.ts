import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { Endpoint } from '../../../../engine/host/socket.ts';
import { makeCounts } from '../../../../nodes/gateway/operator/label-table.ts';
import type { PeerContext } from '../../../../nodes/gateway/peer-context.ts';
import {
  type GatewayPath,
  PathDirectory,
} from '../../../../nodes/gateway/underlay/path-directory.ts';
import { UnderlayPaths, VANISHED_PATHS_MAX } from '../../../../nodes/gateway/underlay-paths.ts';
import { requireIsdAs, reverseWirePath, type WirePath } from '../../../../nodes/scion/index.ts';
import { encodePath } from '../../../../nodes/scion/wire/path.ts';
import { provisionSeed } from '../../../../runner/nodes/run-provision.ts';
import { makeProtocolStackFinder } from '../../../../scenarios/open/nodes.ts';
import { load, registry } from '../../runner/fixture.ts';

const PATH_TYPE = 1;
const scenario = load('failover.yaml');
const crypto = createCryptoProvider('node');
const stackOf = makeProtocolStackFinder(scenario, registry);
const network = provisionSeed({ scenario, seed: 1, crypto, stackOf }).viewOf('gateway-111');
const clock = { seconds: scenario.epochSeconds, nanos: 0 };
const paths = new PathDirectory({ network, crypto, host: 'gateway-111' }).lookup(
  'gateway-211',
  0,
  clock,
);

const host = { type: 0, bytes: Uint8Array.of(127, 0, 0, 1) };
const source = requireIsdAs('1-ff00:0:111');
const target = requireIsdAs('2-ff00:0:211');
const context = {
  measured: { discovered: makeCounts() },
  endpoint: () => 0 as unknown as Endpoint,
  drawFlowId: () => 1,
  firstRouterOf: () => 0 as unknown as Endpoint,
  ends: () => ({
    source,
    sourceHost: host,
    sourcePort: 1,
    target,
    targetHost: host,
    targetPort: 1,
  }),
} as unknown as PeerContext;

function backOf({ path }: GatewayPath): WirePath {
  const back = reverseWirePath(path.wire);
  if (typeof back === 'string') throw new Error(back);
  return back;
}

describe('the underlay paths', () => {
  const [first, second] = paths;
  if (first === undefined || second === undefined) throw new Error('there are three paths');
  const received = encodePath(first.path.wire);

  it('reverses a path once, until another path is known', () => {
    const underlays = new UnderlayPaths('gateway-211', context);
    underlays.adopt(first);
    const back = underlays.reverse(PATH_TYPE, received);
    expect(underlays.reverse(PATH_TYPE, received.slice())).toBe(back);
    underlays.adopt(second);
    expect(underlays.reverse(PATH_TYPE, received)).not.toBe(back);
    expect(underlays.reverse(PATH_TYPE, received)).toEqual(back);
  });

  it('reverses an EPIC-HP path once, though each packet has its own bytes before the path inside', () => {
    const underlays = new UnderlayPaths('gateway-211', context);
    underlays.adopt(first);
    const [one, other] = [1, 2].map((fill) => {
      return underlays.reverse(3, Uint8Array.from([...new Array(16).fill(fill), ...received]));
    });
    expect(one).toBeDefined();
    expect(other).toBe(one);
  });

  it('kept every path that an answer ever had', () => {
    const underlays = new UnderlayPaths('gateway-211', context);
    const named = (id: number): GatewayPath => ({
      ...second,
      info: { ...second.info, id: String(id) },
    });
    underlays.adopt(first);
    for (let id = 0; id <= VANISHED_PATHS_MAX; id++) underlays.adopt(named(id));
    const areKnown = (): boolean[] =>
      [0, 1, VANISHED_PATHS_MAX].map((id) => underlays.get(String(id)) !== undefined);
    // One vanished path more than are kept, or none.
    underlays.forgetVanished([first, named(0)]);
    expect(areKnown()).toEqual([true, true, true]);
    underlays.forgetVanished([first]);
    expect(areKnown()).toEqual([false, true, true]);
    const back = encodePath(backOf(first));
    expect([underlays.get(first.info.id)?.path, underlays.idOf(PATH_TYPE, back)]).toEqual([
      first,
      first.info.id,
    ]);
    underlays.forgetVanished([]);
    expect(underlays.get(first.info.id)).toBeUndefined();
    expect(underlays.idOf(PATH_TYPE, back)).toBe('way back');
  });

  it('keeps the reverses of eight paths, whatever comes', () => {
    const underlays = new UnderlayPaths('gateway-211', context);
    underlays.adopt(first);
    const paths = Array.from({ length: 9 }, (_, at) => {
      const bytes = received.slice();
      // The last byte is of the MAC of the last hop.
      bytes[bytes.length - 1] = at;
      return bytes;
    });
    const backs = paths.map((bytes) => underlays.reverse(PATH_TYPE, bytes));
    expect(underlays.reverse(PATH_TYPE, paths[8]!)).toBe(backs[8]);
    expect(underlays.reverse(PATH_TYPE, paths[1]!)).toBe(backs[1]);
    expect(underlays.reverse(PATH_TYPE, paths[0]!)).not.toBe(backs[0]);
  });
});
