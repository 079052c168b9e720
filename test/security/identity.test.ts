/**
 * Secrets of nodes: what a node receives in virtual time, and what a coordinator sends to the
 * process of a node (docs/THREATS.md, "Who knows which secret").
 */
import { hkdfSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import { type KeyBundle, keyBundleView } from '../../runner/nodes/key-bundle.ts';
import { networkMap } from '../../runner/nodes/network-map.ts';
import type { SecretProvisioner } from '../../runner/nodes/provision.ts';
import { provisionRun } from '../../runner/nodes/run-provision.ts';
import { rootedSecrets } from '../../runner/nodes/secret-source.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { makeProtocolStackFinder, makeProtocolsFinder } from '../../scenarios/open/nodes.ts';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { load, loadText, registry, run } from '../unit/runner/fixture.ts';
import { expectOwnSecretsOnly, SPY_TOPOLOGY, spiesOn } from './spies.ts';

const ROOT = new Uint8Array(32).fill(0xa7);
const secrets = rootedSecrets(ROOT);

function provisionOf(scenario: Scenario): SecretProvisioner {
  return provisionRun({
    scenario,
    seed: 1,
    stackOf: makeProtocolStackFinder(scenario, registry),
    crypto: createCryptoProvider('node', { timing: 'constant' }),
    seconds: 1_700_000_000,
    secrets,
  });
}

/** Every secret of a network: that of each host, and that of each group with its members. */
interface Vault {
  readonly own: ReadonlyMap<string, readonly Uint8Array[]>;
  readonly groups: ReadonlyMap<
    string,
    { readonly members: Set<string>; readonly secret: Uint8Array }
  >;
}

/** Three nodes, each of which shares a secret with the two others. */
const THREE = `
name: three
question: Who is handed the key of whom?
topology:
  name: three
  defaults: { node: { run: bulk }, link: { rate: 1Gbit/s, delay: 1ms } }
  nodes: [{ name: a }, { name: b }, { name: c }]
  links: [{ ends: a <-> b }, { ends: b <-> c }, { ends: a <-> c }]
duration: 2s
options: { bulk: { secure: psk } }
traffic: [{ from: a, to: b, kind: constant, rate: 1/s, size: 100B }]
kpis: { bulk.delivery: { value: ">= 0%" } }
`;

const OWN_NAMES = ['static', 'identity', 'vrf', 'authority'];

function vaultOf(scenario: Scenario): Vault {
  const own = new Map<string, readonly Uint8Array[]>();
  const groups = new Map<string, { members: Set<string>; secret: Uint8Array }>();
  const network = networkMap(scenario.topology);
  for (const host of scenario.topology.hosts) {
    const [{ protocol }] = makeProtocolStackFinder(scenario, registry)(host);
    const { name } = host;
    own.set(name, [
      secrets.rootOf(name),
      ...OWN_NAMES.map((secret) => secrets.own(name, `${protocol.name}/${secret}`)),
    ]);
    const view = network.hosts.find((one) => one.name === name);
    if (view === undefined) continue;
    for (const purpose of protocol.provisioning?.sharedSecrets?.(view, network) ?? []) {
      const key = `${protocol.name}/${purpose}`;
      const group = groups.get(key) ?? { members: new Set(), secret: secrets.shared(key) };
      group.members.add(name);
      groups.set(key, group);
    }
  }
  return { own, groups };
}

/** True if a text contains a secret: raw, in hexadecimal or in base64. */
function holds(bytes: Buffer, secret: Uint8Array): boolean {
  const raw = Buffer.from(secret);
  return (
    bytes.includes(raw) ||
    bytes.includes(raw.toString('hex')) ||
    bytes.includes(raw.toString('base64url').slice(0, -1))
  );
}

/** The secrets that a message of the coordinator contains although its hosts must not know them. */
function leaksIn(order: unknown, hosts: readonly string[], { own, groups }: Vault): string[] {
  const bytes = serialize(order);
  const leaks = holds(bytes, ROOT) ? ['the root of the run'] : [];
  for (const [host, values] of own) {
    const isForeign = !hosts.includes(host);
    if (isForeign && values.some((value) => holds(bytes, value))) leaks.push(`a secret of ${host}`);
  }
  for (const [name, { members, secret }] of groups) {
    const isForeign = !hosts.some((host) => members.has(host));
    if (isForeign && holds(bytes, secret)) leaks.push(`the secret ${name}`);
  }
  return leaks;
}

describe('the secrets of nodes', () => {
  it('every process could derive every secret: a spy in virtual time is given its own only', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orrery-spies-'));
    try {
      const path = join(folder, 'spies.yaml');
      writeFileSync(join(folder, 'row.yaml'), SPY_TOPOLOGY.replaceAll('BLOCK', '127.77.1'));
      writeFileSync(path, spiesOn('row.yaml'));
      const own = new ProtocolRegistry();
      const { scenario } = await openScenario(path, {}, own);
      expectOwnSecretsOnly(run(scenario, 1, { registry: own }).warnings);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each(['failover.yaml', 'mixnet.yaml', 'file-transfer.yaml', 'hello.yaml'])(
    '%s: what a coordinator hands to a process holds the secrets of its hosts and no others',
    (file) => {
      const overrides =
        file === 'file-transfer.yaml' ? { options: '{ bulk: { secure: psk } }' } : {};
      const scenario = load(file, overrides);
      const provision = provisionOf(scenario);
      const vault = vaultOf(scenario);
      const { hosts } = scenario.topology;
      const names = hosts.map(({ name }) => name);
      const protocols = hosts.map(({ name, protocol }) => `${name}/${protocol}`).sort();
      for (const host of names) {
        const bundle = provision.bundle([host], secrets.rootOf);
        expect(leaksIn({ scenario, bundle }, [host], vault), host).toEqual([]);
        expect(Object.keys(bundle.roots)).toEqual([host]);
        expect(Object.keys(bundle.publicKeys).sort()).toEqual(protocols);
      }
    },
  );

  it('the check above would notice a single secret too much', () => {
    const scenario = load('failover.yaml');
    const provision = provisionOf(scenario);
    const vault = vaultOf(scenario);
    const [first, second] = ['gateway-111', 'br-211-1'];
    const bundle = provision.bundle([first], secrets.rootOf);
    const more = (extra: Uint8Array | string): KeyBundle => ({
      ...bundle,
      published: { ...bundle.published, extra: String(extra) },
      shared: extra instanceof Uint8Array ? { extra } : {},
    });
    expect(leaksIn(more(secrets.rootOf(second)), [first], vault)).toEqual([
      `a secret of ${second}`,
    ]);
    const hex = Buffer.from(secrets.own('gateway-211', 'gateway/static')).toString('hex');
    expect(leaksIn(more(`{"key":"${hex}"}`), [first], vault)).toEqual(['a secret of gateway-211']);
    // A gateway belongs to the AS, but is not one of its routers.
    const key = 'scion/forwarding-key/1-ff00:0:111';
    expect(leaksIn(more(secrets.shared(key)), [first], vault)).toEqual([`the secret ${key}`]);
    expect(leaksIn(more(ROOT), [first], vault)).toEqual(['the root of the run']);
  });

  it('routers of one AS share its key, and those of another AS and gateways are refused it', () => {
    const scenario = load('failover.yaml');
    const network = networkMap(scenario.topology);
    const provision = provisionOf(scenario);
    const protocolsOf = makeProtocolsFinder(
      scenario.topology,
      makeProtocolStackFinder(scenario, registry),
    );
    const shared = (name: string, purpose: string, of?: string): Uint8Array => {
      const bundle = provision.bundle([name], secrets.rootOf);
      return keyBundleView(name, { bundle, network, protocolsOf }).shared(purpose, of);
    };
    const purpose = 'forwarding-key/1-ff00:0:111';
    expect(shared('br-111-1', purpose)).toEqual(shared('br-111-2', purpose));
    for (const stranger of ['br-211-1', 'gateway-111', 'gateway-211', 'core-110']) {
      expect(() => shared(stranger, purpose), stranger).toThrow('which it does not share');
      expect(() => shared(stranger, purpose, 'scion'), stranger).toThrow('which it does not share');
    }
  });

  it('a shared secret reaches those who need it and no others, whatever its protocol says of itself', () => {
    const sharedIn = (scenario: Scenario): Readonly<Record<string, readonly string[]>> => {
      const provision = provisionOf(scenario);
      return Object.fromEntries(
        scenario.topology.hosts.map(({ name }) => {
          const { shared } = provision.bundle([name], secrets.rootOf);
          return [name, Object.keys(shared).sort()];
        }),
      );
    };
    const scion = load('failover.yaml');
    const ofRouters = scion.topology.hosts.map(({ name, protocol, area }) => {
      const own = [`scion/drkey/${area}`, `scion/forwarding-key/${area}`];
      return [name, protocol === 'scion' ? own : []];
    });
    expect(sharedIn(scion)).toEqual(Object.fromEntries(ofRouters));
    const discovered = load('scion-beaconing.yaml');
    const ofServices = discovered.topology.hosts.map(({ name, protocol, area }) => {
      const own = [`scion/drkey/${area}`, `scion/forwarding-key/${area}`];
      const ofService = [`control-service/pki/${area}`, ...own];
      return [name, protocol === 'scion' ? own : protocol === 'control-service' ? ofService : []];
    });
    expect(sharedIn(discovered)).toEqual(Object.fromEntries(ofServices));
    // A bulk node is one of its own peers.
    expect(sharedIn(loadText(THREE))).toEqual({
      a: ['bulk/a/a', 'bulk/a/b', 'bulk/a/c', 'bulk/b/a', 'bulk/c/a'],
      b: ['bulk/a/b', 'bulk/b/a', 'bulk/b/b', 'bulk/b/c', 'bulk/c/b'],
      c: ['bulk/a/c', 'bulk/b/c', 'bulk/c/a', 'bulk/c/b', 'bulk/c/c'],
    });
    for (const file of ['mixnet.yaml', 'hello.yaml']) {
      expect(new Set(Object.values(sharedIn(load(file))).flat()), file).toEqual(new Set());
    }
  });

  it('a view of a process gives nothing of hosts that run elsewhere, whatever its protocol says', () => {
    const scenario = load('hello.yaml');
    const network = networkMap(scenario.topology);
    const bundle = provisionOf(scenario).bundle(['alice'], secrets.rootOf);
    const greedy = { name: 'ping', provisioning: { sharedSecrets: () => ['everything'] } };
    const use = { bundle, network, protocolsOf: () => [greedy] };
    expect(() => keyBundleView('bob', use).identity('bob').secret('static')).toThrow(
      'this process has no secrets of bob',
    );
    expect(() => keyBundleView('alice', use).shared('everything')).toThrow(
      'this process has no secret ping/everything',
    );
  });

  it('own and shared secrets, and those of two hosts, are different derivations', () => {
    const derived = (key: Uint8Array, info: string): Uint8Array =>
      new Uint8Array(hkdfSync('sha256', key, '', info, 32));
    expect(secrets.rootOf('a')).toEqual(derived(ROOT, 'orrery host a'));
    expect(secrets.own('a', 'p/x')).toEqual(derived(secrets.rootOf('a'), 'orrery own p/x'));
    const all = [
      secrets.rootOf('a'),
      secrets.rootOf('b'),
      secrets.own('a', 'p/x'),
      secrets.own('b', 'p/x'),
      secrets.shared('p/x'),
      secrets.shared('p/x/a'),
    ];
    expect(new Set(all.map(String)).size).toBe(all.length);
  });
});
