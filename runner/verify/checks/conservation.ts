/**
 * Check 16: no packet is lost without a drop reason and none is counted twice, while all kinds of
 * faults and loads act on the links (docs/spec/link-model.md#conservation).
 *
 * In addition to the counters of each direction, it compares two pairs of independent numbers: rows in
 * use in the packet table with packets on the links, and calls of receivers with deliveries.
 *
 * @module
 */
import type { RandomStream } from '../../../engine/core/stream.ts';
import { DROP_REASONS, type DropReason } from '../../../engine/net/drop-reasons.ts';
import type { LinkChange, LinkDirectionSpec, LossSpec } from '../../../engine/net/link-spec.ts';
import type { SimHost } from '../../../engine/net/sim-host.ts';
import type { LinkChangeHandle } from '../../../engine/net/sim-link.ts';
import type { SimWorld } from '../../../engine/net/sim-world.ts';
import { DSCP_VALUE_COUNT } from '../../../engine/pure/traffic-class.ts';
import { ACCEPT_EQUAL, type CheckMeasure, type VerificationCheck } from '../base/model.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';

const MS = 1_000_000;
const SECOND = 1_000 * MS;
const PORT = 7_000;
const HOSTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;
const SECONDS = 12;
const PACKETS_PER_SECOND = 2_500;
const HOPS_MAX = 12;
/** Number of events between two inspections. */
const LOOK_EVENTS = 10_000;
/**
 * Drop reasons that cannot occur in this run: they do not come from links, or need a modelled
 * processor.
 */
const IMPOSSIBLE_REASONS: ReadonlySet<string> = new Set<DropReason>([
  ...(['port-unreachable', 'no-route', 'cpu-queue-full'] as const),
]);

const BASE: LinkDirectionSpec = { rateBps: 8_000_000, delayNs: 3 * MS };
const SLOW: LinkDirectionSpec = { ...BASE, rateBps: 2_000_000 };
const BUCKET = { rateBytesPerSecond: 300_000, burstBytes: 4_000 } as const;
const WINDOWS = [{ startNs: 20 * MS, endNs: 90 * MS, delayNs: 6 * MS }] as const;
const FADING: LossSpec = {
  ...{ kind: 'gilbert-elliott-time', meanGoodNs: 100 * MS, meanBadNs: 5 * MS },
  ...{ lossGood: 0, lossBad: 0.5 },
};

/**
 * The forward directions of the links of the ring. Every kind of every setting of a direction occurs on
 * at least one of them.
 */
const FORWARD: readonly LinkDirectionSpec[] = [
  {
    ...BASE,
    loss: { kind: 'bernoulli', probability: 0.02 },
    corrupt: { probability: 0.02, bits: 3 },
    duplicate: 0.1,
    jitter: { kind: 'uniform', halfWidthNs: 2 * MS },
    reorder: true,
  },
  {
    ...BASE,
    loss: { kind: 'burst', probability: 0.05, meanBurst: 4 },
    duplicate: 0.05,
    jitter: { kind: 'pareto', scaleNs: MS, capNs: 50 * MS },
  },
  { ...SLOW, queue: { kind: 'drop-tail', limitPackets: 20 }, mtu: 1_000 },
  {
    ...SLOW,
    queue: { kind: 'codel', maxPacketBytes: 1_500 },
    loss: { kind: 'gilbert-elliott', p: 0.01, r: 0.2, lossGood: 0.001, lossBad: 0.6 },
  },
  {
    ...SLOW,
    queue: { kind: 'priority', classes: [{ limitPackets: 5 }, { limitBytes: 20_000 }] },
    duplicate: 0.2,
    jitter: { kind: 'normal', sigmaNs: MS },
    reorder: { probability: 0.1, gap: 3 },
  },
  { ...BASE, mtu: 1_400, tokenBucket: { ...BUCKET, mode: 'shape' }, inFlight: 'delivered' },
  { ...BASE, mtu: 1_400, tokenBucket: { ...BUCKET, mode: 'police' }, duplicate: 0.1 },
  { ...BASE, contacts: { windows: WINDOWS, periodNs: 100 * MS, outside: 'drop' }, duplicate: 0.1 },
];
const BACKWARD: readonly LinkDirectionSpec[] = FORWARD.map((_, i) =>
  i % 2 === 0
    ? {
        ...BASE,
        queue: { kind: 'drop-tail', limitBytes: 8_000 },
        loss: { kind: 'trace', lost: [7, 40], length: 100, atEnd: 'repeat' },
        jitter: { kind: 'table', quantilesNs: [-MS, 0, 2 * MS] },
        overheadBytes: 54,
        rateSteps: { atNs: [0, SECOND], values: [BASE.rateBps, BASE.rateBps / 2] },
        delaySteps: { atNs: [0, 2 * SECOND], values: [BASE.delayNs, MS] },
      }
    : { ...BASE, loss: FADING, contacts: { windows: WINDOWS, periodNs: 100 * MS } },
);
const MEDIUM: LinkDirectionSpec = {
  ...BASE,
  duplicate: 0.05,
  jitter: { kind: 'uniform', halfWidthNs: MS },
};
/** Specifications of all directions of the ring, and of the segment. */
export const RING_DIRECTION_SPECS: readonly LinkDirectionSpec[] = [...FORWARD, ...BACKWARD, MEDIUM];

/**
 * The actions of events whose effects this check causes; every other action states why it does not
 * (faults/fault-actions.ts).
 */
export const CAUSED_ACTIONS = ['set', 'hold', 'partition', 'crash'] as const;
type CausedAction = (typeof CAUSED_ACTIONS)[number];

/** A world with all kinds of faults and loads. */
class Trouble {
  readonly world: SimWorld;
  /** Number of calls to receivers. */
  received = 0;
  private readonly draws: RandomStream;
  private readonly open: LinkChangeHandle[] = [];

  constructor(engine: SeededEngine) {
    this.draws = engine.stream('16', 'trouble');
    this.world = engine.world({ buffers: 'poison' });
    const { world } = this;
    for (const [i, name] of HOSTS.entries()) world.addHost({ name, address: `127.0.0.${i + 1}` });
    for (const [i, name] of HOSTS.entries()) {
      const next = HOSTS[(i + 1) % HOSTS.length] ?? name;
      const [forward = BASE, backward = BASE] = [FORWARD[i], BACKWARD[i]];
      const a = { host: name, port: PORT };
      world.addLink({ id: `verify/16/${i}`, a, b: { host: next, port: PORT }, forward, backward });
    }
    const members = ['a', 'c', 'e', 'g'].map((host) => ({ host, port: PORT }));
    world.addSegment({ id: 'verify/16/segment', members, medium: MEDIUM });
    for (const host of world.hosts) this.startNode(host);
    for (const host of world.hosts) this.scheduleSource(host);
    this.dropSome();
    for (let at = 0; at < SECONDS * SECOND; at += 10 * MS) {
      world.scheduler.scheduleFault(at, () => this.disturb());
    }
    world.seal();
  }

  /** Starts a node that forwards each packet to a random other node until its hops are used up. */
  private startNode(host: SimHost): void {
    const dscp = this.draws.below(DSCP_VALUE_COUNT);
    const socket = host.udp({
      port: PORT,
      onDatagram: (buffer, offset, length) => {
        this.received += 1;
        const hops = buffer[offset] ?? 0;
        if (hops === 0 || hops > HOPS_MAX) return;
        buffer[offset] = hops - 1;
        socket?.send(buffer, offset, length, this.target(host), dscp);
      },
    });
  }

  /** Draws the destination: the next or the previous host of the ring, or all hosts on the segment. */
  private target(host: SimHost): number {
    const { draws } = this;
    const step = draws.chance(0.7) ? 1 : HOSTS.length - 1;
    const next = HOSTS[(host.index + step) % HOSTS.length] ?? host.name;
    const isBroadcast = host.index % 2 === 0 && draws.chance(0.1);
    const address = isBroadcast ? '255.255.255.255' : this.world.host(next).address;
    return host.endpoint(address, PORT);
  }

  private scheduleSource(host: SimHost): void {
    const { scheduler } = this.world;
    if (scheduler.now >= SECONDS * SECOND) return;
    const gap = this.draws.exponential((SECOND * HOSTS.length) / PACKETS_PER_SECOND);
    scheduler.after(Math.floor(gap), () => {
      if (host.isUp) this.send(host);
      this.scheduleSource(host);
    });
  }

  private send(host: SimHost): void {
    const socket = host.udp({ port: 0, onDatagram: () => undefined });
    const length = 20 + this.draws.below(1_400);
    const buffer = host.alloc(length);
    buffer.fill(0, 0, length);
    buffer[0] = 1 + this.draws.below(HOPS_MAX);
    socket?.send(buffer, 0, length, this.target(host));
    socket?.close();
  }

  /** Installs a tap that removes packets and injects copies. */
  private dropSome(): void {
    const { world, draws } = this;
    const { forward } = world.link('verify/16/0');
    forward.setTaps([
      {
        onPacket: (table, packet): 'pass' | 'drop' => {
          if (draws.chance(0.02)) {
            const bytes = table.view(packet).slice();
            const [from = 0, to = 0] = [table.from[packet], table.to[packet]];
            const copy = { buffer: bytes, offset: 0, length: bytes.length, from, to };
            world.network.inject(forward, copy);
          }
          return draws.chance(0.03) ? 'drop' : 'pass';
        },
      },
    ]);
  }

  /** Causes one randomly drawn effect of a fault, which ends 5 to 60 ms later. */
  private disturb(): void {
    const { world, draws } = this;
    const link = world.link(`verify/16/${draws.below(HOSTS.length)}`);
    const name = HOSTS[draws.below(HOSTS.length)] ?? 'a';
    const side = (['both', 'forward', 'backward'] as const)[draws.below(3)] ?? 'both';
    const change = (to: LinkChange) => (): unknown => this.open.push(link.change(to, side));
    const effects: Readonly<Record<CausedAction, readonly (() => unknown)[]>> = {
      set: [
        change({ up: false }),
        change({ rateBps: 500_000, inSerialisation: 'rescale' }),
        change({ limitPackets: 1 }),
        change({ delayNs: 40 * MS, duplicate: 0.5 }),
      ],
      hold: [(): unknown => this.open.push(link.hold(side))],
      partition: [
        (): unknown => {
          const [from, to] = [link.a.host, link.b.host];
          const way = draws.chance(0.5) ? 'both' : 'one-way';
          return this.open.push(world.partition([from], [to], way));
        },
      ],
      crash: [(): unknown => world.host(name).isUp && this.crash(name)],
    };
    const all = Object.values(effects).flat();
    all[draws.below(all.length)]?.();
    const delay = (5 + draws.below(56)) * MS;
    world.scheduler.after(delay, () => this.open.shift()?.end());
  }

  private crash(name: string): void {
    const { world } = this;
    world.crash(name);
    world.scheduler.after(15 * MS, () => {
      world.restart(name);
      this.startNode(world.host(name));
    });
  }
}

/** The imbalances found in a run: for each kind, the largest of all inspections. */
interface Findings {
  imbalance: number;
  rows: number;
  receivers: number;
  segment: number;
  looks: number;
}

function look(trouble: Trouble, findings: Findings): void {
  const { network } = trouble.world;
  let held = 0;
  for (const direction of network.directions) {
    const part = direction.conservation();
    findings.imbalance = Math.max(findings.imbalance, Math.abs(part.balance));
    held += part.queued + part.inSerialisation + part.inPipe;
  }
  findings.rows = Math.max(findings.rows, Math.abs(network.table.liveCount - held));
  const { delivered } = network.conservation();
  findings.receivers = Math.max(findings.receivers, Math.abs(delivered - trouble.received));
  const segment = trouble.world.segment('verify/16/segment');
  for (const host of trouble.world.hosts) {
    const counts = segment.receiver(host.index);
    if (counts === undefined) continue;
    const wrong = Math.abs(counts.copies - counts.delivered - counts.dropped);
    findings.segment = Math.max(findings.segment, wrong);
  }
  findings.looks += 1;
}

/** Check 16 of docs/VERIFICATION.md: conservation of packets. */
export const packetConservationCheck: VerificationCheck = {
  id: '16',
  name: 'conservation',
  formula: 'offered + duplicated + injected = delivered + drops by name + on the link',
  catches: '1 packet',
  run: (engine) => {
    const trouble = new Trouble(engine);
    const { scheduler, network } = trouble.world;
    const findings: Findings = { imbalance: 0, rows: 0, receivers: 0, segment: 0, looks: 0 };
    let isOver = false;
    while (!isOver) {
      for (let i = 0; i < LOOK_EVENTS && !isOver; i += 1) isOver = !scheduler.step();
      look(trouble, findings);
    }
    const waiting = network.directions.reduce((sum, one) => sum + one.queuedPackets, 0);
    return [
      exactly('largest imbalance of a direction', findings.imbalance),
      exactly('packets in memory, not on a link', findings.rows),
      exactly('deliveries without a receiver', findings.receivers),
      exactly('largest imbalance on a segment', findings.segment),
      exactly('packets left at the end', waiting),
      missingDropReasons(DROP_REASONS, network.dropsByReason()),
    ];
  },
};

/** The drop reasons that should have occurred in the run and did not. */
export function missingDropReasons(
  reasons: readonly string[],
  drops: Readonly<Partial<Record<string, number>>>,
): CheckMeasure {
  const missing = reasons.filter(
    (reason) => !IMPOSSIBLE_REASONS.has(reason) && (drops[reason] ?? 0) === 0,
  );
  const names = `: ${missing.join(', ')} (a link of FORWARD has to cause each)`;
  const label = `drop reasons that never happened${missing.length === 0 ? '' : names}`;
  return exactly(label, missing.length);
}

function exactly(label: string, measured: number): CheckMeasure {
  return { label, theory: 0, measured, accept: ACCEPT_EQUAL, digits: 0 };
}
