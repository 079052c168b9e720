/**
 * Check 20: the random fault schedule of scenarios on a simulated link
 * (docs/spec/scenario-files.md#events).
 *
 * The state of the link itself is read after every event; of the reports of the schedule, only the
 * number of faults is used.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { Protocol } from '../../../engine/host/protocol.ts';
import type { LinkDirectionSpec } from '../../../engine/net/link-spec.ts';
import type { FaultSpec, Scenario } from '../../../scenarios/model.ts';
import type { HostSpec, LinkSpec, SourcePosition } from '../../../topologies/model.ts';
import { FaultDriver } from '../../faults/fault-driver.ts';
import { makeSimWorld, makeVirtualWorld } from '../../worlds/virtual-world.ts';
import { acceptPlusMinus, type VerificationCheck } from '../base/model.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';

const NS_PER_SECOND = 1_000_000_000;
const UP_SECONDS = 10;
const DOWN_SECONDS = 1;
const SECONDS = 50_000;

const POSITION: SourcePosition = { file: 'verify', line: 1, column: 1 };
const LINK_ID = 'verify/20';
const CABLE: LinkDirectionSpec = { rateBps: 1_000_000_000, delayNs: 1_000_000 };

function host(name: string, address: string): HostSpec {
  const options = {};
  return { name, address, protocol: 'none', options, machine: name, cores: 1, position: POSITION };
}

const LINK: LinkSpec = {
  id: LINK_ID,
  a: { host: 'a', port: 50_000 },
  b: { host: 'b', port: 50_000 },
  forward: CABLE,
  backward: CABLE,
  position: POSITION,
};

const FAULTS: FaultSpec = {
  id: LINK_ID,
  schedule: {
    kind: 'random',
    meanUpNs: UP_SECONDS * NS_PER_SECOND,
    meanDownNs: DOWN_SECONDS * NS_PER_SECOND,
    fromNs: 0,
    toNs: SECONDS * NS_PER_SECOND,
  },
  action: {
    kind: 'set-link',
    links: { kind: 'ids', ids: [LINK_ID] },
    direction: 'both',
    set: { up: false },
  },
  position: POSITION,
};

const SCENARIO: Scenario = {
  name: LINK_ID,
  file: 'verify',
  sha256: '',
  question: 'How long is the link up?',
  topology: {
    name: 'verify',
    file: 'verify',
    sha256: '',
    addressPlan: 'loopback',
    hosts: [host('a', '127.0.0.1'), host('b', '127.0.0.2')],
    links: [LINK],
    segments: [],
    clouds: [],
    areas: [],
    warnings: [],
  },
  durationNs: SECONDS * NS_PER_SECOND,
  warmupNs: 0,
  drainNs: 0,
  epochSeconds: 0,
  crypto: 'modelled',
  options: {},
  traffic: [],
  events: [FAULTS],
  kpis: [],
  seeds: [],
  overrides: {},
  warnings: [],
};

const NO_PROTOCOL = {
  protocol: { metrics: [], jobs: {}, drops: {} } as unknown as Protocol,
  options: {},
};

/** Share of time that the link was up, and how often it failed. */
function availability(engine: SeededEngine): {
  readonly upShare: number;
  readonly failures: number;
} {
  const parts = {
    scenario: SCENARIO,
    seed: engine.seed,
    crypto: { name: 'none' } as CryptoProvider,
    stackOf: () => [NO_PROTOCOL] as const,
  };
  const world = makeVirtualWorld(parts, makeSimWorld);
  const driver = new FaultDriver({
    world,
    scenario: SCENARIO,
    seed: engine.seed,
    activePath: (): undefined => undefined,
    hasAlternative: (): boolean => true,
    flood: (): undefined => undefined,
    ask: () => (): void => undefined,
    isUp: (): boolean => true,
    crash: doNothing,
    restart: doNothing,
    began: doNothing,
  });
  driver.schedule();
  const link = world.link(LINK_ID);
  const { scheduler } = world.sim;
  const delayNs = engine.defects.detectionNs ?? 0;
  const end = SCENARIO.durationNs;
  let downNs = 0;
  let downSince = Number.POSITIVE_INFINITY;
  while (scheduler.peekTime() <= end && scheduler.step()) {
    const isUp = link.isUp('forward') && link.isUp('backward');
    if (!isUp) downSince = Math.min(downSince, scheduler.now + delayNs);
    else {
      downNs += Math.max(0, scheduler.now - downSince);
      downSince = Number.POSITIVE_INFINITY;
    }
  }
  downNs += Math.max(0, end - downSince);
  return { upShare: 1 - downNs / end, failures: driver.records.length };
}

function doNothing(): void {
  // Does nothing, because this run has no nodes.
}

/** Check 20 of docs/VERIFICATION.md: the random fault schedule. */
export const faultScheduleCheck: VerificationCheck = {
  id: '20',
  name: 'fault schedule',
  formula: 'A = u / (u + d), T / (u + d) failures; u = 10 s, d = 1 s, T = 50,000 s',
  catches: '0.76 %',
  run: (engine) => {
    const { upShare, failures } = availability(engine);
    const cycle = UP_SECONDS + DOWN_SECONDS;
    return [
      {
        label: 'share of time up',
        theory: UP_SECONDS / cycle,
        measured: upShare,
        accept: acceptPlusMinus(0.0069),
        digits: 6,
      },
      {
        label: 'failures',
        theory: SECONDS / cycle,
        measured: failures,
        accept: acceptPlusMinus(246),
        digits: 1,
      },
    ];
  },
};
