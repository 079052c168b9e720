/**
 * Stacks (docs/spec/stacking.md): one protocol carried by another on the same host, the same in
 * virtual time and live.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DeliveryFacts } from '../../engine/host/transport.ts';
import type { LogSink } from '../../engine/net/sim-observers.ts';
import { FABRIC_CHANNEL } from '../../nodes/fabric/geometry.ts';
import type { SeedResult } from '../../reports/model.ts';
import {
  type CarrierNetwork,
  deliveryOf,
  minimumOf,
  NETWORKS,
  prepareText,
  runText,
  SIZE,
  textOf,
} from './stack.ts';

/** A profile that is shipped. */
const PROFILE = fileURLToPath(
  new URL('../../scenarios/profiles/two-shared-cores.json', import.meta.url),
);

const ignore = (): void => undefined;
/** A listener that hears nothing. */
const NOBODY = {
  delivered: ignore,
  state: ignore,
  spanned: ignore,
  marked: ignore,
  logged: ignore,
};

describe.each(NETWORKS)('stacked on $carrier', (network) => {
  let none: SeedResult;
  beforeAll(async () => {
    none = await runText(textOf(network, { layers: 0 }));
  });

  it('delivers the same packets with 0, 1 and 2 layers', async () => {
    const one = await runText(textOf(network, { layers: 1 }));
    const two = await runText(textOf(network, { layers: 2 }));
    const plain = deliveryOf(none, network.carrier);
    expect(plain[0]).toBeGreaterThan(10);
    expect(deliveryOf(one, 'shim1')).toEqual(plain);
    expect(deliveryOf(two, 'shim2')).toEqual(plain);
    expect(two.metrics['shim1.sent']).toEqual(two.metrics['shim2.sent']);
    for (const { nodeDrops } of [one, two]) expect(nodeDrops['no-upper-layer']).toBeUndefined();
  });

  it('moves no draw and no event below when a layer sends nothing', async () => {
    // The byte in front of a message to a carrier takes the place of one of the application's.
    const by = network.carrier;
    const silent = await runText(textOf(network, { layers: 1, size: SIZE - 1, by }));
    expect(deliveryOf(silent, by)).toEqual(deliveryOf(none, by));
    expect(silent.events).toBe(none.events);
    expect(silent.packets).toEqual(none.packets);
    expect(silent.metrics[`${by}.latency`]).toEqual(none.metrics[`${by}.latency`]);
  });
});

const [DATAGRAM, BULK, GATEWAY, MIXNET] = NETWORKS as readonly [
  CarrierNetwork,
  CarrierNetwork,
  CarrierNetwork,
  CarrierNetwork,
];

describe('the end of the work of a stack', () => {
  const until = (layers: string, bulk: string): string => `
${textOf(BULK, { layers: 2 })}
until: done
options: { bob/shim1: { expects: 5 }${layers}, bulk: {}${bulk} }
`;

  it('is said by the top, whatever the layers below it say', async () => {
    const text = until(', bob/shim2: { expects: 50 }', ', bob: { expects: 5 }');
    const result = await runText(text);
    expect(result.done?.by).toBe('done');
    // 50 packets at 50/s; the layers below had their five after a tenth of a second.
    expect(result.virtualNs).toBeGreaterThan(0.99e9);
    expect(result.virtualNs).toBeLessThan(2e9);
  });

  it('cannot be said by a layer below the top', async () => {
    await expect(runText(until('', ', bob: { expects: 5 }'))).rejects.toThrow(
      /until: no node of this scenario can say that its work is done/,
    );
  });
});

describe('a stack in virtual time', () => {
  it('repeats its fingerprint, also with jobs of a layer', async () => {
    const text = textOf(DATAGRAM, { layers: 2, options: '{ digest: true }' });
    const first = await runText(text);
    const again = await runText(text);
    expect(again.fingerprint).toBe(first.fingerprint);
    expect(first.metrics['shim2.sent']).toEqual({ kind: 'counter', value: 499 });
    // A job of 1 us comes before each message, in each of two layers.
    const plain = await runText(textOf(DATAGRAM, { layers: 2 }));
    expect(minimumOf(first, 'shim2') - minimumOf(plain, 'shim2')).toBe(2_000);
  });

  it('runs with the calibrated processor, which charges the carrier for what is above it', async () => {
    const calibrated = `cpu: calibrated\ncpuProfile: ${PROFILE}\n`;
    const plain = await runText(textOf(DATAGRAM, { layers: 0 }) + calibrated);
    const text = textOf(DATAGRAM, { layers: 2 }) + calibrated;
    const stacked = await runText(text);
    expect(deliveryOf(stacked, 'shim2')).toEqual(deliveryOf(plain, 'datagram'));
    expect((await runText(text)).fingerprint).toBe(stacked.fingerprint);
    // Virtual time without a processor is earlier.
    const free = await runText(textOf(DATAGRAM, { layers: 2 }));
    expect(minimumOf(stacked, 'shim2')).toBeGreaterThan(minimumOf(free, 'shim2'));
  });

  it('takes all layers in a crash, and creates them anew', async () => {
    const events = `events:
  - { at: 1s, for: 1s, crash: bob }
  - { at: 3s, for: 500ms, crash: alice }
`;
    const plain = await runText(textOf(BULK, { layers: 0 }) + events);
    const stacked = await runText(textOf(BULK, { layers: 2 }) + events);
    expect(deliveryOf(stacked, 'shim2')).toEqual(deliveryOf(plain, 'bulk'));
    const [delivered, sent] = deliveryOf(plain, 'bulk');
    // Requests to a dead node are refused, and everything else arrives.
    expect(sent - delivered).toBe(25);
  });

  it('drops a message for a layer that is not there by its name', async () => {
    const { prepared, run } = await prepareText(textOf(DATAGRAM, { layers: 1 }));
    const alice = prepared.world.sim.host('alice');
    for (const body of [Uint8Array.of(99, 1, 2, 3), new Uint8Array(0)]) {
      alice.request({ kind: 'send', target: 'bob', body });
    }
    run();
    expect(prepared.world.nodeDrops()['no-upper-layer']).toBe(2);
  });

  it('refuses what is too long, and peers that do not run the layer', async () => {
    const { prepared } = await prepareText(textOf(DATAGRAM, { layers: 1 }));
    const outcomes: string[] = [];
    const ask = (target: string, length: number): unknown =>
      prepared.world.request(
        'alice',
        {
          kind: 'send',
          target,
          body: new Uint8Array(length),
          respond: (outcome) => outcomes.push(outcome),
        },
        'shim1',
      );
    // 1,200 B of the carrier, less the channel and the mark of the shim.
    ask('bob', 1_198);
    ask('bob', 1_199);
    ask('carol', 100);
    ask('alice', 100);
    expect(outcomes).toEqual(['ok', 'too-large', 'no-such-peer', 'no-such-peer']);
  });

  it('tells the user of a gateway path and sequence of each packet, which changes nothing', async () => {
    const text = textOf(GATEWAY, { layers: 0 });
    const [asked, plain] = [await prepareText(text), await prepareText(text)];
    const host = asked.prepared.world.sim.host('gateway-211');
    const { onDelivery } = host;
    const seen: (DeliveryFacts | undefined)[] = [];
    host.onDelivery = (...message): void => {
      seen.push(host.delivery());
      onDelivery?.(...message);
    };
    for (const { run } of [asked, plain]) run();
    expect(seen.length).toBeGreaterThan(200);
    const numbers = seen.map((facts) => facts?.sequence ?? 0);
    expect(new Set(numbers).size).toBe(seen.length);
    // The path of the flow is cut after two seconds; both have names that the gateway knows.
    const paths = [...new Set(seen.map((facts) => facts?.path))];
    const status = JSON.stringify(asked.prepared.experiment.node('gateway-211')?.status?.());
    expect(paths.length).toBeGreaterThan(1);
    for (const path of paths) expect(status).toContain(JSON.stringify(path));
    const [one, other] = [asked, plain].map(({ prepared }) => prepared.world.sim.fingerprint);
    expect(one).toBe(other);
  });

  it('lets fabric log path and sequence of a packet that it refuses', async () => {
    const stack = 'stack: [{ on: "gateway-*", run: fabric }]';
    const { prepared, run } = await prepareText(`name: refused${GATEWAY.network}\n${stack}\n`);
    const { sim } = prepared.world;
    const lines: string[] = [];
    const logSink: LogSink = (host, level, message, fields): void => {
      lines.push(`${host} ${level} ${message} ${JSON.stringify(fields)}`);
    };
    Object.assign(sim, { logSink });
    sim.runUntil(3.5e9);
    const body = Uint8Array.of(FABRIC_CHANNEL, 255, 1, 2);
    sim.host('gateway-111').request({ kind: 'send', target: 'gateway-211', body });
    run();
    const refused = lines.filter((line) => line.includes('a packet is refused'));
    expect(refused).toHaveLength(1);
    const form = /^gateway-211 debug a packet is refused: \S+ (.*)$/.exec(refused[0] ?? '')?.[1];
    expect(JSON.parse(form ?? '{}')).toEqual({
      destination: 'gateway-111',
      path_id: expect.stringMatching(/\S/),
      packet_id: expect.any(Number),
    });
  });

  it.each([
    [GATEWAY, 'gateway-111', 'gateway-211', ''],
    [BULK, 'alice', 'bob', 'events: [{ at: 2s, for: 1s, crash: bob }]\n'],
    [MIXNET, 'client-1', 'client-2', ''],
  ] as const)(
    'tells those above whether a way is open: $carrier',
    async (network, from, to, more) => {
      const { prepared, run } = await prepareText(textOf(network, { layers: 1 }) + more);
      const states: string[] = [];
      prepared.world.listen({
        ...NOBODY,
        keepsStates: true,
        state: (node, machine, state): void => {
          if (node === from && machine.includes(`way to ${to}`))
            states.push(`${machine}: ${state}`);
        },
      });
      run();
      const both = (way: string): readonly string[] => [
        `way to ${to} by ${network.carrier}: ${way}`,
        `shim1/way to ${to}: ${way}`,
      ];
      expect(states.slice(0, 2)).toEqual(both('open'));
      if (network === BULK) expect(states.slice(2)).toEqual([...both('closed'), ...both('open')]);
    },
  );

  it('hands wishes down to the carrier, through any number of layers', async () => {
    const cut = {
      ...GATEWAY,
      network: GATEWAY.network.replace(
        /events:[\s\S]*$/,
        'events: [{ at: 1500ms, for: 1s, partition: { from: [gateway-111], to: ["br-111-*"] } }]',
      ),
    };
    const wishing = { ...cut, flow: `${cut.flow}, start: 1s, stop: 3500ms, tolerant: true` };
    const [impatient, none, one, two] = await Promise.all([
      runText(textOf({ ...cut, flow: `${cut.flow}, start: 1s, stop: 3500ms` }, { layers: 0 })),
      ...[0, 1, 2].map((layers) => runText(textOf(wishing, { layers }))),
    ]);
    const [lost = 0, all] = deliveryOf(impatient as SeedResult, 'gateway');
    const waited = deliveryOf(none as SeedResult, 'gateway');
    expect(waited[1]).toBe(all);
    expect(waited[0]).toBeGreaterThan(lost + 30);
    expect(deliveryOf(one as SeedResult, 'shim1')).toEqual(waited);
    expect(deliveryOf(two as SeedResult, 'shim2')).toEqual(waited);
  });

  it('shows the status of every layer beside that of the lowest protocol', async () => {
    const { prepared } = await prepareText(textOf(BULK, { layers: 2 }));
    expect(prepared.experiment.node('alice')?.status?.()).toEqual({
      peers: [
        { name: 'alice', unconfirmed: 0 },
        { name: 'bob', unconfirmed: 0 },
      ],
      layers: { shim1: { carrier: 'bulk' }, shim2: { carrier: 'shim1' } },
    });
  });

  it('says that messages are not tracked where its layers do not report them', async () => {
    const result = await runText(textOf(GATEWAY, { layers: 1 }));
    expect(result.messagesUntracked).toBe('protocol shim1 does not report them');
  });

  it('names the layer, its node and its line when it throws', async () => {
    const text = textOf(DATAGRAM, { layers: 1, options: '{ throwsAt: 501 }' });
    const error = await runText(text).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      crash: { by: 'protocol', protocol: 'shim1', node: 'bob', how: 'threw' },
    });
  });
});
