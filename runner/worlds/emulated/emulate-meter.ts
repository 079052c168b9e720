/**
 * What an emulated run measures about itself: how well virtual time kept up with the wall clock, and
 * the packets between outside programs and the virtual network.
 *
 * The lateness appears next to the verdict (docs/spec/live.md#emulation).
 *
 * @module
 */
import type { MetricDefinition } from '../../../engine/host/measure.ts';
import type { EmulationWorld } from '../../../engine/live/emulation/emulation-world.ts';
import type { ProgramEnd } from '../../../engine/live/emulation/outside-program.ts';
import type { MetricData } from '../../../reports/model.ts';

/**
 * Definitions of the metrics that an emulated run has for each host with an outside program: `emulate.sent.<host>` and
 * so on.
 */
export function hostMetrics(hosts: readonly string[]): readonly MetricDefinition[] {
  return hosts.flatMap((host): MetricDefinition[] => [
    { name: `emulate.sent.${host}`, kind: 'counter', unit: 'packets', help: `sent by ${host}` },
    {
      name: `emulate.received.${host}`,
      kind: 'counter',
      unit: 'packets',
      help: `written to ${host}`,
    },
    {
      name: `emulate.exit_code.${host}`,
      kind: 'gauge',
      unit: 'count',
      help: `exit code of the program of ${host}; 128 and more is a signal`,
    },
  ]);
}

const US_PER_MS = 1_000;
const NS_PER_US = 1_000;

/** Measures the lateness of one emulated run, and its packets to and from outside programs. */
export class EmulateMeter {
  readonly #world: EmulationWorld;
  readonly #lateLimitNs: number;
  #offeredBefore = 0;
  #droppedBefore = 0;

  constructor(world: EmulationWorld, lateLimitNs: number) {
    this.#world = world;
    this.#lateLimitNs = lateLimitNs;
  }

  /** Begins the measurement anew, at the end of the warm-up. */
  reset(): void {
    const { pacer, transit } = this.#world;
    pacer.forget();
    transit.reset();
    const { offered, dropped } = this.#world.outsideTraffic();
    this.#offeredBefore = offered;
    this.#droppedBefore = dropped;
  }

  /** The metrics since the last reset, by name. */
  metrics(ends: ReadonlyMap<string, ProgramEnd>): Readonly<Record<string, MetricData>> {
    const { pacer, tap } = this.#world;
    const metrics: Record<string, MetricData> = {
      'emulate.lateness': { kind: 'histogram', data: pacer.lateness.data() },
      'emulate.slips': { kind: 'counter', value: pacer.slips },
      'emulate.drift': { kind: 'gauge', value: pacer.driftNs },
    };
    if (tap.counts.length === 0) return metrics;
    return { ...metrics, ...this.#ofPrograms(ends) };
  }

  /** Facts that a user must know to judge the numbers. */
  warnings(): readonly string[] {
    const { pacer, tap } = this.#world;
    const { worst, slips, driftNs } = pacer;
    const late =
      worst === undefined || slips === 0
        ? []
        : [
            `${slips} instants were more than ${millisecondsText(this.#lateLimitNs)} late, the worst by ` +
              `${millisecondsText(worst.byNs)} at ${worst.atNs / 1e9} s; ${millisecondsText(driftNs)} behind at the end`,
          ];
    const strange = tap.strangers.map(
      (who) => `a datagram from ${who} was dropped: no host has a program at that address`,
    );
    return [...late, ...strange];
  }

  #ofPrograms(ends: ReadonlyMap<string, ProgramEnd>): Readonly<Record<string, MetricData>> {
    const { tap, transit } = this.#world;
    const { counts } = tap;
    const { offered, dropped } = this.#world.outsideTraffic();
    const loss: MetricData = {
      kind: 'ratio',
      numerator: dropped - this.#droppedBefore,
      denominator: offered - this.#offeredBefore,
    };
    const failed = [...ends.values()].filter(({ code, byItself }) => byItself && code !== 0);
    const counter = (value: number): MetricData => ({ kind: 'counter', value });
    const total = (read: (one: (typeof counts)[number]) => number): number =>
      counts.reduce((sum, one) => sum + read(one), 0);
    return {
      'emulate.transit': { kind: 'histogram', data: transit.data() },
      ...(loss.denominator > 0 ? { 'emulate.loss': loss } : {}),
      'emulate.sent': counter(total(({ sent }) => sent)),
      'emulate.received': counter(total(({ received }) => received)),
      'emulate.program_failures': counter(failed.length),
      ...Object.fromEntries(
        counts.flatMap(({ name, sent, received }) => [
          [`emulate.sent.${name}`, counter(sent)],
          [`emulate.received.${name}`, counter(received)],
        ]),
      ),
      ...Object.fromEntries(
        [...ends].map(([name, { code }]) => [
          `emulate.exit_code.${name}`,
          { kind: 'gauge', value: code },
        ]),
      ),
    };
  }
}

/** A duration as text: `1.234 ms`. */
export function millisecondsText(ns: number): string {
  return `${Math.round(ns / NS_PER_US) / US_PER_MS} ms`;
}
