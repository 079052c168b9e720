/** A run with faults from the palette equals the run of the file that it exports. @module */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import type { SeedResult } from '../../../../reports/model.ts';
import { interactiveYaml } from '../../../../runner/injection/export.ts';
import type {
  EventValues,
  FaultReport,
  InjectedEvent,
} from '../../../../runner/injection/messages.ts';
import { RunControl, type SeedProgress } from '../../../../runner/run/run-control.ts';
import { runSeed } from '../../../../runner/run/run-seed.ts';
import { loadScenario } from '../../../../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../../../../scenarios/folders.ts';
import type { Scenario } from '../../../../scenarios/model.ts';
import { ProtocolRegistry } from '../../../../scenarios/open/registry.ts';

const registry = new ProtocolRegistry();
const folder = mkdtempSync(join(tmpdir(), 'orrery-palette-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SHORT = { duration: '5s', warmup: '2s', 'traffic.0.rate': '100/s' };
const EARLY_CUT =
  '[{ at: 3200ms, for: 600ms, link: { activePath: "gateway-111 -> gateway-211", hop: random }, set: { up: false } }]';

function loaded(path: string, overrides: Readonly<Record<string, string>> = {}): Scenario {
  return loadScenario({ path, folders: SHIPPED_FILE_FOLDERS, registry, overrides });
}

/** Injects faults as soon as the run has reached given instants. */
class Scripted extends RunControl {
  readonly #port: MessagePort;
  readonly #script: { readonly fromNs: number; readonly event: EventValues }[];
  #number = 0;

  constructor(port: MessagePort, script: readonly (readonly [number, EventValues])[]) {
    super();
    this.#port = port;
    this.#script = script.map(([fromNs, event]) => ({ fromNs, event }));
  }

  override report(progress: SeedProgress): void {
    super.report(progress);
    const { nowNs } = progress;
    for (
      let [next] = this.#script;
      next !== undefined && next.fromNs <= nowNs;
      [next] = this.#script
    ) {
      this.#port.postMessage({ kind: 'inject', number: this.#number, event: next.event });
      this.#number += 1;
      this.#script.shift();
    }
  }
}

interface Played {
  readonly result: SeedResult;
  readonly faults: readonly InjectedEvent[];
  readonly refusals: readonly string[];
  readonly paths: readonly string[];
}

function play(scenario: Scenario, script: readonly (readonly [number, EventValues])[]): Played {
  const { port1, port2: port } = new MessageChannel();
  const result = runSeed({
    ...{ scenario, registry, seed: 3, control: new Scripted(port1, script) },
    recordings: { injection: { port, speed: null } },
  });
  const news: FaultReport[] = [];
  for (
    let one = receiveMessageOnPort(port1);
    one !== undefined;
    one = receiveMessageOnPort(port1)
  ) {
    news.push(one.message as FaultReport);
  }
  port1.close();
  return {
    result,
    faults: news.flatMap((one) => (one.kind === 'injected' ? [one.fault] : [])),
    refusals: news.flatMap((one) => (one.kind === 'refused' ? [one.reason] : [])),
    paths: news.flatMap((one) => (one.kind === 'ready' ? one.paths : [])),
  };
}

function replay(scenario: Scenario, faults: readonly InjectedEvent[]): SeedResult {
  const file = join(folder, 'interactive.yaml');
  writeFileSync(file, interactiveYaml({ scenario, seed: 3, faults }));
  const again = loaded(file);
  expect(again.seeds).toEqual([3]);
  return runSeed({ scenario: again, registry, seed: 3 });
}

describe('a run with faults from the palette', () => {
  const scenario = loaded('failover.yaml', { ...SHORT, events: EARLY_CUT });

  it('is, event by event, the run of the file that it exports', () => {
    const { result, faults, refusals } = play(scenario, [
      [3_220e6, { link: 'core-110 <-> core-310', set: { loss: '20%' }, for: '900ms' }],
      [3_400e6, { crash: 'core-210', for: '300ms' }],
      [
        3_900e6,
        { link: { activePath: 'gateway-111 -> gateway-211' }, set: { up: false }, for: '1s' },
      ],
      [3_900e6, { link: 'core-110 <-> core-310', hold: true, for: '50ms' }],
      [4_300e6, { clock: { node: 'gateway-111', step: '20ms' } }],
      [4_300e6, { partition: { from: ['gateway-211'], to: ['br-211-1'] }, for: '300ms' }],
    ]);
    expect(refusals).toEqual([]);
    expect(faults.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `palette-${n}`));
    expect(new Set(faults.map(({ beginNs }) => beginNs)).size).toBe(6);
    const again = replay(scenario, faults);
    expect(again.fingerprint).toBe(result.fingerprint);
    expect(again.events).toBe(result.events);
    expect(again.faults).toEqual(result.faults);
    expect(again.metrics).toEqual(result.metrics);
  });

  it('offered a hop of flows without a path, which it then refused: it offers the others only', () => {
    const mixnet = loaded('mixnet.yaml', { duration: '1s', warmup: '0s', crypto: 'modelled' });
    const [{ from, to } = { from: '', to: '' }] = mixnet.traffic;
    const link = { activePath: `${from} -> ${to}` };
    const refused = play(mixnet, [[0, { link, set: { up: false }, for: '100ms' }]]);
    expect(refused.refusals).toEqual([
      expect.stringMatching(`${from} -> ${to} has no active path at this instant`),
    ]);
    expect(refused.paths).toEqual([]);
    expect(play(scenario, []).paths).toEqual(['gateway-111 -> gateway-211']);
    // Two neighbours have one path, even if their protocol reports none.
    const hello = loaded('hello.yaml', { duration: '2s', 'traffic.0.rate': '20/s' });
    expect(play(hello, []).paths).toEqual(['alice -> bob']);
  });

  it('is left as it is by a fault that touches nothing, and by one that came too late', () => {
    const hello = loaded('hello.yaml', { duration: '2s', 'traffic.0.rate': '20/s' });
    const { result, faults, refusals } = play(hello, [
      [0, { partition: { from: ['alice'], to: ['a*'] } }],
      [0, { link: { activePath: 'alice -> bob', hop: 4 }, set: { up: false } }],
      [500e6, { crash: 'bob', for: '100ms' }],
      [540e6, { crash: 'bob' }],
      [2_000e6, { crash: 'bob' }],
    ]);
    expect(faults.map(({ id }) => id)).toEqual(['palette-1']);
    expect(refusals.join('; ')).toMatch(
      /both sides.+; the active path has no hop 4 \(links: 1, counted from 0\); node is already down since .+after the end/,
    );
    expect(result.faults).toHaveLength(1);
    expect(replay(hello, faults).fingerprint).toBe(result.fingerprint);
  });

  it('begins a fault where nothing else begins or ends, so that the order is known', () => {
    const events = '[{ at: 500ms, for: 500000001ns, link: alice--bob, set: { loss: 50% } }]';
    const hello = loaded('hello.yaml', { duration: '2s', warmup: '1000000002ns', events });
    const { result, faults } = play(hello, [[1_000e6, { crash: 'bob', for: '100ms' }]]);
    expect(faults.map(({ beginNs }) => beginNs)).toEqual([1_000_000_003]);
    expect(replay(hello, faults).fingerprint).toBe(result.fingerprint);
  });
});
