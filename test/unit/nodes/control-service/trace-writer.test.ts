/** What control services trace of beacons, paths, certificates and interfaces that are down. @module */
import { describe, expect, it } from 'vitest';
import type { Meter } from '../../../../engine/host/measure.ts';
import type { CalendarTime } from '../../../../engine/host/time.ts';
import { FoundAses } from '../../../../nodes/control-service/found-ases.ts';
import { REVOCATION_NS } from '../../../../nodes/control-service/geometry.ts';
import type { ControlKeys } from '../../../../nodes/control-service/keys.ts';
import * as states from '../../../../nodes/control-service/trace-states.ts';
import { ControlTraceWriter } from '../../../../nodes/control-service/trace-writer.ts';
import type { IsdAs } from '../../../../nodes/scion/index.ts';
import { JoinedServices } from './joined-services.ts';
import { CORE_A, CORE_B, LEAF, MIDDLE, NOW_S, surroundingsOf } from './small-network.ts';
import { keysOf } from './small-pki.ts';

const SECOND_NS = 1_000_000_000;

const nothing = (): void => undefined;
const METER: Meter = {
  counter: () => ({ add: nothing }),
  histogram: () => ({ record: nothing }),
  gauge: () => ({ set: nothing }),
  sample: nothing,
};

/** A control service whose knowledge is traced whenever the test says so. */
class Traced {
  readonly services: JoinedServices;
  readonly states = new Map<string, string>();
  readonly found: FoundAses;
  writes = 0;
  readonly #isdAs: IsdAs;
  readonly #writer: ControlTraceWriter;

  constructor(isdAs: IsdAs, services = new JoinedServices([CORE_A, CORE_B, MIDDLE, LEAF])) {
    this.services = services;
    this.#isdAs = isdAs;
    const now = (): number => services.nowNs;
    this.found = new FoundAses({ meter: METER, now }, { watched: [CORE_A, CORE_B], startNs: 0 });
    this.#writer = new ControlTraceWriter(
      {
        now,
        clock: (): CalendarTime => ({
          seconds: NOW_S + Math.floor(now() / SECOND_NS),
          nanos: 0,
        }),
        trace: {
          isRecorded: true,
          state: (machine, text): void => {
            this.writes += 1;
            this.states.set(machine, text);
          },
          span: (): (() => void) => nothing,
          mark: nothing,
        },
      },
      surroundingsOf(isdAs),
      2,
    );
  }

  /** Traces at each half second until then. */
  runTo(seconds: number): this {
    while (this.services.nowNs < seconds * SECOND_NS) {
      this.services.runTo(this.services.nowNs / SECOND_NS + 0.5);
      this.#writer.write(this.services.services.get(this.#isdAs)!, this.found);
    }
    return this;
  }

  read<Value>({
    machine,
    state,
  }: {
    readonly machine: string;
    readonly state: { read(text: string): Value | undefined };
  }): Value | undefined {
    const text = this.states.get(machine);
    return text === undefined ? undefined : state.read(text);
  }
}

describe('a control service that is traced', () => {
  it('says whose beacons came over which of its links, and since when', () => {
    const traced = new Traced(LEAF).runTo(10);
    expect(traced.read(states.AS_TRACE)).toEqual({
      ...{ isdAs: LEAF, kind: 'other' },
      interfaces: [{ ifId: 1, relation: 'parent', neighbour: MIDDLE, neighbourIfId: 3 }],
    });
    const origins = traced.read(states.ORIGINS_TRACE) ?? [];
    expect(origins.map(({ isdAs, ifId }) => [isdAs, ifId])).toEqual([
      [CORE_A, 1],
      [CORE_B, 1],
    ]);
    for (const { sinceNs } of origins) {
      expect(sinceNs).toBeGreaterThan(0);
      expect(sinceNs).toBeLessThanOrEqual(10 * SECOND_NS);
    }
  });

  it('traces nothing while nothing is new', () => {
    const traced = new Traced(LEAF).runTo(20);
    const { writes } = traced;
    traced.runTo(30);
    expect(traced.writes).toBe(writes);
  });

  it('counts the watched ASes with a path, with the instants of each change', () => {
    const traced = new Traced(LEAF).runTo(1);
    traced.found.lookUp(CORE_A)(true);
    traced.found.lookUp(CORE_B)(true);
    traced.runTo(2);
    traced.found.lookUp(CORE_A)(false);
    traced.runTo(3);
    expect(traced.read(states.PATHS_TRACE)).toEqual([
      { found: 0, sinceNs: 0.5 * SECOND_NS },
      { found: 2, sinceNs: 1.5 * SECOND_NS },
      { found: 1, sinceNs: 2.5 * SECOND_NS },
    ]);
  });

  it('says of whom it has heard that an interface is down, and until when it believes it', () => {
    const traced = new Traced(MIDDLE).runTo(6);
    expect(traced.states.has('revocations')).toBe(false);
    const item = { isdAs: CORE_B, ifId: 2, by: 'host 127.0.0.2' };
    traced.services.step(MIDDLE, { kind: 'interface-down', ...item });
    const untilNs = 6 * SECOND_NS + REVOCATION_NS;
    traced.runTo(7);
    expect(traced.read(states.REVOCATIONS_TRACE)).toEqual([
      { of: '1-ff00:0:120#2', by: 'host 127.0.0.2', untilNs },
    ]);
    traced.runTo(17);
    expect(traced.read(states.REVOCATIONS_TRACE)).toEqual([]);
  });

  it('says until when its certificate is valid and when it was renewed, and nothing of modelled keys', () => {
    expect(new Traced(LEAF).runTo(2).states.has('certificate')).toBe(false);
    const short = (isdAs: IsdAs): ControlKeys => ({ ...keysOf(isdAs), lifetimeSeconds: 1_800 });
    const services = new JoinedServices([CORE_A, MIDDLE, LEAF], { signatures: 'real' }, short);
    const traced = new Traced(CORE_A, services).runTo(0.5);
    const { ca, untilNs, ...times } = traced.read(states.CERTIFICATE_TRACE)!;
    // It is issued for longer than is wished for, so the next one is asked for at once.
    expect({ ca, ...times }).toEqual({
      ...{ ca: CORE_A, sinceNs: 0.5 * SECOND_NS, renewedNs: [0.5 * SECOND_NS] },
    });
    expect(untilNs).toBe(1_800.5 * SECOND_NS);
    expect(traced.services.status(CORE_A)['certificates']).toMatchObject({
      ...{ ca, renewals: 1, notAfter: NOW_S + 1_800 },
    });
  });
});
