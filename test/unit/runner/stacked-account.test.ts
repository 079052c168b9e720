/**
 * The account of messages of a layer: no link has its packets, and what it gives to a carrier is
 * nowhere until it arrives.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { MessageObserver, NodeHandle, Protocol } from '../../../engine/host/protocol.ts';
import type { MessageTotals, SeedResult } from '../../../reports/model.ts';
import { MessageLedger } from '../../../runner/accounts/message-ledger.ts';
import type { Flow } from '../../../runner/traffic/traffic-source.ts';
import type { LocalWorld } from '../../../runner/world.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import { ProtocolRegistry } from '../../../scenarios/open/registry.ts';
import { loadText, registry, run } from './fixture.ts';

const PROFILE = fileURLToPath(
  new URL('../../../scenarios/profiles/two-shared-cores.json', import.meta.url),
);

interface Line {
  readonly options?: string;
  readonly events?: string;
  readonly traffic?: string;
  readonly more?: string;
}

const TRAFFIC =
  '{ from: a, to: c, kind: constant, rate: 20/s, size: 500B, lifetime: 2s, tolerant: true, stop: 20s }';

/** Bundles over three nodes above a carrier that loses, with a link that is often cut. */
function scenarioOf({ options = '', events = '', traffic = TRAFFIC, more = '' }: Line): Scenario {
  return loadText(`
name: line
topology:
  name: line
  defaults:
    node: { run: datagram }
    link: { rate: 10Mbit/s, delay: 20ms, loss: 5%, mtu: 1500B }
  nodes: [{ name: a }, { name: b }, { name: c }]
  links: [{ ends: a <-> b }, { ends: b <-> c }]
stack: [{ on: "*", run: dtn, options: { retry: 500ms${options} } }]
duration: 22s
drain: 30s
${more}
traffic:
  - ${traffic}
events:
  - { every: 6s, from: 2s, for: 3s, link: b <-> c, set: { up: false } }
  ${events}
`);
}

function line(given: Line = {}): SeedResult {
  return run(scenarioOf(given));
}

/** A protocol whose nodes say that they hold one message more. */
function hoarding(genuine: Protocol): Protocol {
  return {
    ...genuine,
    create: (host, setup): NodeHandle => {
      const node = genuine.create(host, setup);
      const held = node.holding?.bind(node);
      node.holding = (): number => (held?.() ?? 0) + 1;
      return node;
    },
  };
}

function totals(result: SeedResult): MessageTotals {
  if (result.messages === undefined) throw new Error(`not kept: ${result.messagesUntracked}`);
  return result.messages;
}

const DURABLE = ', store: { kind: durable }';
const CRASHES = '- { every: 5s, from: 3s, for: 300ms, crash: b, store: torn }';

describe('messages of a layer', () => {
  it('add up over loss and cuts: those that did not arrive have expired', () => {
    const { submitted, delivered, lost, open } = totals(line());
    expect(submitted).toBe(399);
    expect(delivered).toBeGreaterThan(250);
    expect(delivered).toBeLessThan(390);
    expect(open).toBe(0);
    expect(lost['expired']).toBe(submitted - delivered);
  });

  it('lost in a crash are so where a node keeps them in memory, and hardly any on disk', () => {
    const forgetful = totals(line({ events: CRASHES })).lost['node-crashed'] ?? 0;
    const durable = totals(line({ events: CRASHES, options: DURABLE })).lost['node-crashed'] ?? 0;
    expect(forgetful).toBeGreaterThan(5);
    expect(durable).toBeLessThan(forgetful / 2);
  });

  it('are compared with what each node of the layer says that it holds', () => {
    const hoarders = new ProtocolRegistry();
    hoarders.protocols = (name): Protocol | undefined => {
      const genuine = registry.protocols(name);
      return name === 'dtn' && genuine !== undefined ? hoarding(genuine) : genuine;
    };
    expect(() => run(scenarioOf({}), 1, { registry: hoarders })).toThrow(
      'messages do not add up: a holds 1, but 0 went in and did not come out',
    );
  });

  it('are not tracked where a carrier with flows does not report, or a processor is modelled', () => {
    const both = `${TRAFFIC}
  - { by: datagram, from: a, to: b, kind: constant, rate: 1/s }`;
    expect(line({ traffic: both }).messagesUntracked).toBe(
      'protocol datagram does not report them',
    );
    const modelled = line({ more: `cpu: calibrated\ncpuProfile: ${PROFILE}` });
    expect(modelled.messagesUntracked).toBe('layers wait for a modelled processor');
  });
});

/** Gateways and bundles above them, both with flows between the same hosts, over a cut of 4 s. */
function both(): Scenario {
  return loadText(`
name: both
topology: scion-default.yaml
crypto: modelled
stack: [{ on: "gateway-*", run: dtn }]
duration: 16s
drain: 10s
traffic:
  - { by: gateway, from: gateway-111, to: gateway-211, kind: constant, rate: 10/s, size: 500B, start: 3s, stop: 15s }
  - { by: dtn, from: gateway-111, to: gateway-211, kind: constant, rate: 5/s, size: 500B, start: 3s, stop: 15s, tolerant: true }
events:
  - { at: 6s, for: 4s, link: "core-2* <-> br-211-*", set: { up: false } }
`);
}

/** Runs {@link both} with a changed node of one protocol. */
function runBoth(name?: string, change?: (genuine: Protocol) => Protocol): SeedResult {
  const changed = new ProtocolRegistry();
  changed.protocols = (which): Protocol | undefined => {
    const genuine = registry.protocols(which);
    return which === name && genuine !== undefined ? (change?.(genuine) ?? genuine) : genuine;
  };
  return run(both(), 1, { registry: changed });
}

/** A protocol whose nodes do not hand the 20th message to their application, and say that they did. */
function swallowing(genuine: Protocol): Protocol {
  return {
    ...genuine,
    create: (host, setup): NodeHandle => {
      const deliver = host.deliver.bind(host);
      let count = 0;
      host.deliver = (from, buffer, offset, length): void => {
        // With its channel a message has 501 bytes; what layers send has other lengths.
        if (length >= 500 && length <= 502) count += 1;
        if (count === 20) count += 1;
        else deliver(from, buffer, offset, length);
      };
      return genuine.create(host, setup);
    },
  };
}

describe('messages of several protocols on the same hosts', () => {
  it('add up: those of gateways are lost in the cut, those of bundles wait', () => {
    const { submitted, delivered, refused, lost, givenUp, open } = totals(runBoth());
    expect(submitted).toBe(119 + 59);
    const gone = Object.values(lost).reduce((sum, count) => sum + count, 0);
    expect(lost['link-down']).toBeGreaterThan(30);
    expect(lost['link-down']).toBeLessThan(60);
    const declined = Object.values(refused).reduce((sum, count) => sum + count, 0);
    expect(delivered + declined + gone + givenUp + open).toBe(submitted);
  });

  it.each(['gateway', 'dtn'])('break the account of %s alone if a node of it hoards', (name) => {
    expect(() => runBoth(name, hoarding)).toThrow(
      new RegExp(`messages do not add up: ${name}: \\S+ holds \\d+, but \\d+ went in`),
    );
  });

  it.each(['gateway', 'dtn'])('break the account of %s alone if a node of it swallows', (name) => {
    expect(() => runBoth(name, swallowing)).toThrow(
      new RegExp(`messages do not add up: ${name}: message \\d+ from gateway-111`),
    );
  });
});

/** A ledger of two nodes above a carrier, with one flow of as many messages as are asked for. */
function makeLedger(): {
  readonly a: MessageObserver;
  readonly b: MessageObserver;
  readonly ledger: MessageLedger;
  readonly ask: (number: number) => void;
} {
  const flow = { index: 0, nextSequence: 0, spec: { from: 'a', to: 'b' } };
  const meter = { hasDelivered: (): boolean => false };
  const ledger = new MessageLedger({
    world: { now: () => 7 } as LocalWorld,
    hosts: ['a', 'b'],
    flows: [Object.assign(flow, { meter }) as unknown as Flow],
    readerOf: (): undefined => undefined,
    isPrompt: true,
    isCustody: false,
    isOwn: (): boolean => true,
    isCarried: true,
    isCarrier: false,
    damaged: (): number => 0,
    lies: (): number => 0,
  });
  const [a, b] = [ledger.of('a'), ledger.of('b')];
  const ask = (number: number): void => {
    const body = new Uint8Array(32);
    new DataView(body.buffer).setFloat64(8, flow.nextSequence);
    flow.nextSequence += 1;
    ledger.requested('a', { kind: 'send', target: 'b', body });
    a.accepted?.(number);
    ledger.handled();
  };
  return { a, b, ledger, ask };
}

describe('a message that was given to a carrier', () => {
  it('and did not come out is lost there, with the name of the node that gave it', () => {
    const { a, ledger, ask } = makeLedger();
    ask(1);
    a.created(11, 'bundle', 'b', 1);
    a.settled?.(1, 'sent');
    expect(ledger.fateOf(0, 0)).toEqual({
      kind: 'lost',
      loss: { reason: 'left-in-carrier', node: 'a', atNs: 7 },
    });
    expect(ledger.imbalance(() => 0)).toBeUndefined();
    expect(ledger.totals()).toMatchObject({ submitted: 1, lost: { 'left-in-carrier': 1 } });
  });

  it('is open while its sender keeps it, and lost for the reason of the sender afterwards', () => {
    const { a, ledger, ask } = makeLedger();
    ask(1);
    a.created(11, 'bundle', 'b', 1);
    expect(ledger.fateOf(0, 0)).toEqual({ kind: 'open' });
    ledger.nodeDropped('a', 'expired');
    a.settled?.(1, 'dropped');
    expect(ledger.fateOf(0, 0)).toMatchObject({ kind: 'lost', loss: { reason: 'expired' } });
  });

  it('is open at every node where it arrives, as often as the carrier brings it', () => {
    const { a, b, ledger, ask } = makeLedger();
    ask(1);
    a.created(11, 'bundle', 'b', 1);
    a.settled?.(1, 'sent');
    b.arrived(11);
    expect(ledger.fateOf(0, 0)).toEqual({ kind: 'open' });
    ledger.nodeDropped('b', 'expired');
    b.ended(11, 'dropped');
    expect(ledger.fateOf(0, 0)).toMatchObject({ kind: 'lost', loss: { reason: 'expired' } });
    b.arrived(11);
    expect(ledger.fateOf(0, 0)).toEqual({ kind: 'open' });
    expect(ledger.imbalance((node) => (node === 'b' ? 0 : undefined))).toBe(
      'b holds 0, but 1 went in and did not come out',
    );
    expect(ledger.imbalance((node) => (node === 'b' ? 1 : 0))).toBeUndefined();
  });

  it('and of which nobody says anything afterwards is nowhere', () => {
    const { a, ledger, ask } = makeLedger();
    ask(1);
    a.settled?.(1, 'sent');
    expect(ledger.imbalance(() => 0)).toMatch(/^message 0 from a to b is nowhere/);
  });
});
