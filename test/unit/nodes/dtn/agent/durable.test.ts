import { describe, expect, it } from 'vitest';
import { CborWriter } from '../../../../../engine/pure/cbor-writer.ts';
import { TIMER_DUE } from '../../../../../nodes/_kit/machine.ts';
import { CarrierOutlet } from '../../../../../nodes/dtn/agent/carrier-outlet.ts';
import type { AgentEffect } from '../../../../../nodes/dtn/agent/effects.ts';
import { identifyBundle } from '../../../../../nodes/dtn/agent/identity.ts';
import type { AgentInput } from '../../../../../nodes/dtn/agent/input.ts';
import { decodeBundleRecord } from '../../../../../nodes/dtn/agent/records.ts';
import { type DtnOptions, dtnConfig } from '../../../../../nodes/dtn/config.ts';
import { PROPHET_DEFAULTS } from '../../../../../nodes/dtn/router/predictability.ts';
import { ProphetRouter } from '../../../../../nodes/dtn/router/prophet.ts';
import { writeFragment } from '../../../../../nodes/dtn/wire/fragment.ts';
import { BundleView } from '../../../../../nodes/dtn/wire/view.ts';
import { sampleBundle } from '../wire/support.ts';
import { type Bench, bench, S, STORE, send } from './bench.ts';
import { Disk } from './disk.ts';

type Input = Parameters<Bench['step']>[1];

const DURABLE: Partial<DtnOptions> = { store: { ...STORE, kind: 'durable' } };

/** A node with a durable store between two neighbours that acknowledge; it can be restarted. */
class Life {
  readonly disk: Disk;
  readonly bench: Bench;
  now = 0;
  /** What the start led to. */
  readonly first: readonly string[];
  readonly #options: Partial<DtnOptions>;

  constructor(options: Partial<DtnOptions> = DURABLE, disk: Disk = new Disk(), now = 0) {
    this.#options = options;
    this.disk = disk;
    this.now = now;
    const outlets = ['b', 'c'].map(
      (neighbour) =>
        new CarrierOutlet({
          id: `to ${neighbour}`,
          neighbour,
          maxBytes: 65_536,
          retryNs: 60 * S,
          firstTransfer: 0,
        }),
    );
    const copies = options.router === 'prophet' ? prophet() : undefined;
    this.bench = bench({ options, outlets, copies });
    this.first = this.take({ kind: 'start', records: disk.records() });
  }

  take(input: Input): readonly string[] {
    const effects = this.bench.stepAll(this.now, input);
    this.disk.perform(effects);
    return words(effects);
  }

  synced(isDurable = true): readonly string[] {
    if (isDurable) this.disk.confirm();
    else this.disk.fail();
    return this.take({ kind: 'synced', isDurable });
  }

  /** The node crashes and starts again. */
  restarted(survivors = 0): Life {
    this.disk.crash(survivors);
    return new Life(this.#options, this.disk, this.now);
  }
}

function prophet(): ProphetRouter {
  const { usual: usualNs, unit: unitNs } = dtnConfig.parse({}).prophet;
  return new ProphetRouter('a', { ...PROPHET_DEFAULTS, usualNs, unitNs }, (name) =>
    'abc'.includes(name),
  );
}

const OF_INTEREST = ['answer', 'transmit', 'receipt', 'deliver', 'drop', 'sync'];

function words(effects: readonly AgentEffect<string>[]): readonly string[] {
  return effects
    .filter(({ kind }) => OF_INTEREST.includes(kind))
    .map((effect) => {
      if (effect.kind === 'drop') return effect.reason;
      return effect.kind === 'answer' ? effect.outcome : effect.kind;
    });
}

/** A bundle from c for `to`, in transfer `number` of b. */
function carried(to: string, sequence: number, lifetimeMs = 86_400_000): AgentInput<string> {
  return {
    kind: 'bundle',
    bytes: sampleBundle({ source: 'ipn:3.1', destination: to, sequence, lifetimeMs }),
    from: 'b',
    transfer: { outlet: 'to b', number: sequence },
  };
}

const HERE = 'ipn:1.1';
const THERE = 'ipn:2.1';

describe('a durable store', () => {
  it('answers an application, and lets its bundle go, when it is on disk', () => {
    const life = new Life();
    expect(life.take(send('b'))).toEqual(['sync']);
    expect(life.synced()).toEqual(['ok', 'transmit']);
  });

  it('answers a neighbour when the bundle is on disk, also one that repeats it before', () => {
    const life = new Life();
    expect(life.take(carried(THERE, 1))).toEqual(['sync']);
    expect(life.take(carried(THERE, 1))).toEqual(['duplicate']);
    expect(life.synced()).toEqual(['receipt', 'receipt', 'transmit']);
  });

  it('answers for a delivered bundle when the disk knows of it', () => {
    const life = new Life();
    expect(life.take(carried(HERE, 1))).toEqual(['deliver', 'sync']);
    expect(life.synced()).toEqual(['receipt']);
  });

  it('combines what comes during a sync into the next one', () => {
    const life = new Life();
    expect(life.take(send('b'))).toEqual(['sync']);
    for (let count = 0; count < 9; count += 1) expect(life.take(send('b'))).toEqual([]);
    expect(life.synced()).toEqual(['ok', 'transmit', 'sync']);
    expect(life.synced().filter((word) => word === 'ok')).toHaveLength(9);
  });

  it('refuses what the disk does not take, and keeps none of it', () => {
    const life = new Life();
    life.take(send('b'));
    life.take(carried(THERE, 1));
    // The first one, as a drop and as the answer to its request.
    expect(life.synced(false)).toEqual(['store-error', 'store-error', 'sync']);
    expect(life.synced(false)).toEqual(['store-error', 'sync']);
    expect(life.bench.agent.holding).toBe(0);
  });

  it('puts fragments that it finds after a restart together with those that come then', () => {
    const whole = sampleBundle({ source: 'ipn:3.1', destination: HERE });
    const [first, second] = [0, 2].map((start): AgentInput<string> => {
      const view = new BundleView();
      view.open(whole, 0, whole.length);
      const writer = new CborWriter();
      writeFragment(writer, view, { start, end: start === 0 ? 2 : 3 });
      return { kind: 'bundle', bytes: writer.taken(), from: 'b' };
    });
    const life = new Life();
    life.take(first!);
    life.synced();
    const next = life.restarted();
    next.synced();
    expect([...next.take(second!), ...next.synced()]).toContain('deliver');
  });

  it('R-138: finds bundles after a restart, with those that wait for a receipt', () => {
    const life = new Life();
    life.take(send('b'));
    life.synced();
    life.take(carried('ipn:7.1', 1));
    life.synced();
    const next = life.restarted();
    expect(next.bench.agent.holding).toBe(2);
    expect(next.bench.agent.waiting).toEqual({ 'no-route': 1, 'under-way': 1 });
    expect(next.take({ kind: 'receipt', transfer: { outlet: 'to b', number: 0 } })).toContain(
      'sync',
    );
    next.synced();
    expect(next.restarted().bench.agent.holding).toBe(1);
  });

  it('never delivers again what it delivered, also after a restart', () => {
    const life = new Life();
    life.take(carried(HERE, 1));
    life.synced();
    const next = life.restarted();
    expect(next.take(carried(HERE, 1))).toEqual(['receipt', 'duplicate']);
    expect(next.take(carried(HERE, 2))).toEqual(['deliver', 'sync']);
  });

  it('keeps a tombstone as long as a copy could arrive, and no longer', () => {
    const life = new Life();
    life.take(carried(HERE, 1, 10_000));
    life.synced();
    life.now = 12 * S;
    life.take(carried(HERE, 2));
    life.synced();
    const keys = life.disk.records().map(([key]) => key);
    expect(keys).toEqual(['agent', 't/000000000001']);
  });

  it('goes on with creation timestamps where it ended, though its clock went back', () => {
    const stamps = new Set<string>();
    let life = new Life();
    for (let count = 0; count < 3; count += 1) {
      life.take(send('b'));
      life.synced();
      life = new Life(DURABLE, life.disk, 0);
    }
    const view = new BundleView();
    for (const [key, value] of life.disk.records()) {
      if (!key.startsWith('b/')) continue;
      const start = value.indexOf(0x9f);
      expect(view.open(value, start, value.length)).toBeUndefined();
      stamps.add(`${view.createdMs} ${view.sequence}`);
    }
    expect(stamps.size).toBe(3);
  });

  it('numbers no bundle again if the crash kept the last one, but not how far it had counted', () => {
    const unclocked: Partial<DtnOptions> = { ...DURABLE, clock: 'none' };
    const life = new Life(unclocked);
    life.take(send('b'));
    const next = life.restarted(1);
    expect(next.disk.records().map(([key]) => key)).toEqual(['b/000000000000']);
    next.take(send('b'));
    next.synced();
    expect(next.bench.agent.holding).toBe(2);
    const found = next.disk.records().flatMap(([, value]) => decodeBundleRecord(value) ?? []);
    expect(found.map(({ observerNumber }) => observerNumber)).toEqual([1, 2]);
    expect(new Set(found.map(({ bytes }) => identityOf(bytes))).size).toBe(2);
  });

  it('drops a record that it cannot read, and erases it', () => {
    const life = new Life();
    life.take(send('b'));
    life.synced();
    const [, [key, value] = ['', new Uint8Array(0)]] = life.disk.records();
    life.disk.damage(key, value.subarray(0, value.length - 1));
    life.disk.damage('x', value);
    const next = new Life(DURABLE, life.disk);
    expect(next.disk.isBusy).toBe(true);
    expect(next.first).toEqual(['bad-record', 'bad-record', 'sync']);
    next.synced();
    expect(next.disk.records().map(([one]) => one)).toEqual(['agent']);
  });

  it('keeps what the router knows; a damaged record of it is dropped, and the node goes on', () => {
    const life = new Life({ ...DURABLE, router: 'prophet' });
    // Both ways are open: the node meets b and c.
    life.take(TIMER_DUE);
    life.synced();
    const [router] = life.disk.records().filter(([key]) => key === 'router');
    expect(router?.[1].length).toBeGreaterThan(10);
    expect(life.restarted().first).not.toContain('bad-record');
    life.disk.damage('router', Uint8Array.of(1, 2, 3));
    const next = life.restarted();
    expect(next.first.filter((word) => word === 'bad-record')).toEqual(['bad-record']);
    expect(next.take(send('b'))).not.toContain('bad-record');
    // A router that keeps nothing has no use for it.
    life.disk.crash(0);
    life.disk.damage('router', router?.[1] as Uint8Array);
    expect(new Life(DURABLE, life.disk).first).toEqual(['bad-record', 'sync']);
  });

  it('makes a bundle no younger by a restart, whatever the clock says', () => {
    const life = new Life();
    life.take(send('c', { lifetime: 20 * S }));
    life.synced();
    life.now = 8 * S;
    // Another write tells the disk that eight seconds have passed.
    life.take(send('b'));
    life.synced();
    const next = new Life(DURABLE, life.disk, 0);
    next.now = 12 * S;
    expect(next.take(TIMER_DUE)).not.toContain('expired');
    next.now = 12 * S + 1_000_001;
    expect(next.take(TIMER_DUE)).toContain('expired');
  });

  it('makes a bundle no younger if the crash kept a later one, but not how long the node had run', () => {
    const life = new Life();
    life.take(send('c', { lifetime: 20 * S }));
    life.synced();
    life.now = 8 * S;
    life.take(send('b'));
    life.disk.crash(1);
    const next = new Life(DURABLE, life.disk, 0);
    next.now = 12 * S + 1_000_001;
    expect(next.take(TIMER_DUE)).toContain('expired');
  });
});

describe('an agent that crashes', () => {
  it('R-138: at any point, with any part of its writes on disk, loses nothing for which it answered', () => {
    let crashes = 0;
    let answered = 0;
    for (let stop = 0; stop < 24; stop += 1) {
      for (let survivors = 0; survivors < 8; survivors += 1) {
        const outcome = crashAfter(stop, survivors);
        expect(outcome.lost, `after ${stop} steps, ${survivors} writes`).toEqual([]);
        crashes += 1;
        answered += outcome.answered;
      }
    }
    expect(crashes).toBe(192);
    // Nothing is lost of no answers either.
    expect(answered).toBeGreaterThan(1_000);
  });

  it('loses bundles if it answers before they are on disk', () => {
    const options: Partial<DtnOptions> = { ...DURABLE, double: 'early-receipt' };
    expect(crashAfter(9, 0, options).lost.length).toBeGreaterThan(0);
  });

  it('delivers again what it delivered if it forgets', () => {
    const life = new Life({ ...DURABLE, double: 'forgetting' });
    life.take(carried(HERE, 1));
    life.synced();
    expect(life.restarted().take(carried(HERE, 1))).toContain('deliver');
  });
});

/** Runs so many steps, crashes, and says which answered bundles are not found again. */
function crashAfter(
  stop: number,
  survivors: number,
  options: Partial<DtnOptions> = DURABLE,
): { readonly answered: number; readonly lost: readonly number[] } {
  const life = new Life(options);
  const answered = new Set<number>();
  const step = (input: Input): void => {
    const effects = life.bench.stepAll(life.now, input);
    life.disk.perform(effects);
    for (const effect of effects) {
      if (effect.kind === 'receipt') answered.add(effect.transfer.number);
    }
  };
  for (let count = 0; count < stop; count += 1) {
    life.now += S / 1_000;
    if (count % 3 < 2) step(carried(THERE, count));
    else if (life.disk.isBusy) {
      life.disk.confirm();
      step({ kind: 'synced', isDurable: true });
    } else step(send('c'));
  }
  const here = sequencesOn(life.restarted(survivors).disk);
  const lost = [...answered].filter((number) => !here.has(number));
  return { answered: answered.size, lost };
}

function identityOf(bundle: Uint8Array): string | undefined {
  const view = new BundleView();
  view.open(bundle, 0, bundle.length);
  return identifyBundle(view);
}

/** Sequence numbers of the bundles of others on a disk. */
function sequencesOn(disk: Disk): ReadonlySet<number> {
  const view = new BundleView();
  const bundles = disk.records().filter(([key]) => key.startsWith('b/'));
  return new Set(
    bundles.map(([, value]) => {
      const start = value.indexOf(0x9f);
      if (view.open(value, start, value.length) !== undefined) throw new Error('no bundle');
      return view.sequence;
    }),
  );
}
