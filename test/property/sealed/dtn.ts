/**
 * Bundles of a neighbour who writes, splits, signs and encrypts them as it likes, with the right CRCs
 * and with keys that this node has: agents of all kinds take them in.
 *
 * @module
 */

import type { RandomStream } from '../../../engine/core/stream.ts';
import { createCryptoProvider } from '../../../engine/crypto/index.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { concatBytes } from '../../../nodes/_kit/bytes.ts';
import { TIMER_DUE } from '../../../nodes/_kit/machine.ts';
import { CarrierOutlet } from '../../../nodes/dtn/agent/carrier-outlet.ts';
import { encodeEncounterRecord } from '../../../nodes/dtn/agent/encounter-record.ts';
import { DTN_DROP_REASONS } from '../../../nodes/dtn/drops.ts';
import { BLOCK_TYPE, CRC_BYTES_BY_TYPE } from '../../../nodes/dtn/geometry.ts';
import { HostEids } from '../../../nodes/dtn/names.ts';
import { BackpressureRouter } from '../../../nodes/dtn/router/backpressure.ts';
import { PROPHET_DEFAULTS } from '../../../nodes/dtn/router/predictability.ts';
import { ProphetRouter } from '../../../nodes/dtn/router/prophet.ts';
import { encodeRouterTable } from '../../../nodes/dtn/router/record-table.ts';
import { SprayAndWaitRouter } from '../../../nodes/dtn/router/spray-and-wait.ts';
import { addSecurity } from '../../../nodes/dtn/security/add-security.ts';
import {
  joinBlocks,
  replaceBlockData,
  splitIntoBlocks,
} from '../../../nodes/dtn/security/bundle-parts.ts';
import { RuleBasedSecurity } from '../../../nodes/dtn/security/bundle-security.ts';
import { type SecurityRule, securityConfig } from '../../../nodes/dtn/security/options.ts';
import { writeCrc } from '../../../nodes/dtn/wire/crc.ts';
import { parseEid } from '../../../nodes/dtn/wire/eid.ts';
import { encodeEid } from '../../../nodes/dtn/wire/eid-wire.ts';
import {
  type BlockFields,
  type CrcType,
  encodeBundle,
  payloadBlock,
} from '../../../nodes/dtn/wire/encode.ts';
import { hopCountData } from '../../../nodes/dtn/wire/extensions.ts';
import { writeFragment } from '../../../nodes/dtn/wire/fragment.ts';
import { encodeStatusReport } from '../../../nodes/dtn/wire/status-report.ts';
import { BundleView } from '../../../nodes/dtn/wire/view.ts';
import { type Bench, bench, type Effect, kinds, STORE } from '../../unit/nodes/dtn/agent/bench.ts';
import { opened, ruleOf, toolsOf } from '../../unit/nodes/dtn/security/support.ts';
import { sampleBundle } from '../../unit/nodes/dtn/wire/support.ts';
import { mutate } from '../mutate.ts';
import type { SealedCase, Victim } from './victim.ts';

const MS = 1_000_000;
const NEW_AFTER = 2_000;
const PRIMARY_START = 1;
/** The greatest number of CBOR, which no double holds. */
const HUGE = Uint8Array.of(0x1b, ...new Array<number>(8).fill(0xff));
const KEYS = { k: new Uint8Array(32).fill(1) };
const TARGETS = ['payload', 'primary', 'previous-node', 'bundle-age', 'hop-count'] as const;
const names = new HostEids(['a', 'b', 'c'], 'ipn');
const crypto = createCryptoProvider('node');
const tools = toolsOf({
  crypto,
  keys: { ...KEYS, other: new Uint8Array(32).fill(9) },
  node: 'ipn:2.0',
});
const view = new BundleView();
const GENUINE = opened(sampleBundle()).blocks.slice(0, -1);
/** Its hops are used up. */
const WORN = GENUINE.map((block) =>
  block.type === BLOCK_TYPE.hopCount ? { ...block, data: hopCountData(32, 32) } : block,
);
const writer = new CborWriter();
const eid = (text: string): Uint8Array => encodeEid(parseEid(text) ?? { scheme: 'none' });

const OPTIONS = {
  store: { ...STORE, bytes: 60_000, bundles: 50, perSource: 1, policy: 'random' },
  reports: {
    ...{ received: true, forwarded: true, delivered: true, deleted: true, rate: 1_000 },
    ...{ ask: [], time: true },
  },
} as const;

/** Agents that differ in what they do with a bundle. */
const AGENTS: readonly (() => Bench)[] = [
  (): Bench => bench({ options: OPTIONS, rateBps: 1e9 }),
  (): Bench => {
    const facts = { maxBytes: 500, retryNs: 60e9, firstTransfer: 0 };
    const outlets = ['b', 'c'].map(
      (neighbour) => new CarrierOutlet({ ...facts, id: `a--${neighbour}`, neighbour }),
    );
    return bench({ options: { ...OPTIONS, fragmentation: 'proactive' }, outlets });
  },
  (): Bench => secured(['bundle-age']),
  (): Bench => secured(['payload', 'bundle-age', 'hop-count']),
  (): Bench => bench({ options: OPTIONS, rateBps: 1e9, copies: prophet() }),
  (): Bench =>
    bench({ options: OPTIONS, rateBps: 1e9, copies: new SprayAndWaitRouter('binary', 8) }),
  (): Bench => {
    const copies = new BackpressureRouter((name) => names.numberOf(name) !== undefined);
    return bench({ options: { ...OPTIONS, clock: 'none' }, rateBps: 1e9, copies });
  },
  (): Bench => {
    const store = { ...OPTIONS.store, kind: 'durable' } as const;
    return bench({ options: { ...OPTIONS, store, clock: 'none' }, rateBps: 1e9 });
  },
];

function prophet(): ProphetRouter {
  const parameters = { ...PROPHET_DEFAULTS, usualNs: 1e9, unitNs: 1e9 };
  return new ProphetRouter('a', parameters, (name) => names.numberOf(name) !== undefined);
}

/** It checks what the neighbour signed and encrypted, and does the same for the next one. */
function secured(targets: readonly string[]): Bench {
  const rules = [
    { role: 'acceptor', block: 'bib', targets },
    { role: 'acceptor', block: 'bcb', from: 'c' },
    { role: 'source', block: 'bib', targets: ['primary', ...targets] },
  ].map((rule) => ({ key: 'k', ...rule }));
  const options = securityConfig.parse({ keys: [{ name: 'k' }], rules });
  const parts = { tools: toolsOf({ crypto, keys: KEYS, node: 'ipn:1.0' }), options, names };
  const security = new RuleBasedSecurity({ ...parts, own: 'a', crcType: 2 });
  return bench({ options: OPTIONS, rateBps: 1e9, security });
}

/** Writes what a neighbour sends. */
class Neighbour {
  readonly #random: RandomStream;
  #sequence = 0;

  constructor(random: RandomStream) {
    this.#random = random;
  }

  /** @param signing How likely it signs or encrypts. */
  bundle(signing: number): Uint8Array {
    const random = this.#random;
    let bytes = this.#whole();
    if (random.chance(signing)) bytes = this.#secured(bytes);
    if (random.chance(0.2)) bytes = this.#fragment(bytes);
    return random.chance(0.4) ? this.#resealed(bytes) : bytes;
  }

  #whole(): Uint8Array {
    const random = this.#random;
    const crcType = random.below(3) as CrcType;
    const isRecord = random.chance(0.15);
    const isReport = random.chance(0.1);
    const blocks = this.#blocks();
    this.#sequence += random.below(2);
    return encodeBundle(
      {
        flags: isReport ? 2 : [0, 0, 0, 4, 0x74_060][random.below(5)]!,
        crcType: random.chance(0.9) ? 2 : crcType,
        destination: eid(
          isRecord
            ? 'ipn:1.2'
            : `ipn:${1 + random.below(4)}.${random.chance(0.9) ? 1 : random.below(3)}`,
        ),
        source: eid(
          isRecord ? 'ipn:2.2' : `ipn:${(random.chance(0.95) ? 1 : 0) + random.below(3)}.1`,
        ),
        reportTo: eid(`ipn:${random.below(4)}.0`),
        createdMs: random.chance(0.3) ? 0 : 820_540_800_000,
        sequence: this.#sequence,
        lifetimeMs: [1, 60_000, 86_400_000, Number.MAX_SAFE_INTEGER][random.below(4)]!,
      },
      blocks,
      payloadBlock(isRecord ? this.#record() : this.#payload(isReport), crcType),
    );
  }

  #blocks(): readonly BlockFields[] {
    const random = this.#random;
    const genuine = random.chance(0.05) ? WORN : GENUINE;
    // As many blocks as there may be, in most of which there is nothing that stops them.
    const isFull = random.chance(0.05);
    const kept = genuine.filter(() => random.chance(isFull ? 0.7 : 0.95));
    const more = isFull ? 58 + random.below(7) : random.below(2);
    const types = Object.values(BLOCK_TYPE).filter((type) => type !== BLOCK_TYPE.payload);
    const others = Array.from({ length: more }, () => ({
      type: random.chance(isFull ? 0.001 : 0.1) ? types[random.below(types.length)]! : 77,
      data: random.bytes(random.below(3)),
    }));
    return [...kept, ...others].map(({ type, data }, index) => ({
      ...{ type, number: 2 + index, crcType: random.below(3) as CrcType },
      flags: random.chance(isFull ? 0.99 : 0.8)
        ? random.below(2)
        : [2, 4, 16, 17][random.below(4)]!,
      data: random.chance(0.97) ? data : mutate(data, random, { header: 4 }),
    }));
  }

  #record(): Uint8Array {
    const random = this.#random;
    const rows = ['a', 'b', 'c', 'nobody'].map((name) => [name, random.below(2e9)] as const);
    const router = encodeRouterTable(rows);
    const kind = random.chance(0.5) ? 'greeting' : 'answer';
    const record = encodeEncounterRecord({ kind, known: [random.below(9), 2 ** 52], router });
    return random.chance(0.5) ? record : mutate(record, random, { header: 8 });
  }

  #payload(isReport: boolean): Uint8Array {
    const random = this.#random;
    if (!isReport) return random.bytes(random.below(random.chance(0.1) ? 3_000 : 40));
    const is = { isAsserted: true, timeMs: 5 } as const;
    const report = encodeStatusReport({
      ...{ received: is, forwarded: is, delivered: is, deleted: { isAsserted: false }, reason: 1 },
      ...{
        source: { scheme: 'ipn', allocator: 0, node: 1, service: 1 },
        createdMs: 0,
        sequence: 1,
      },
    });
    return random.chance(0.5) ? report : mutate(report, random, { header: 8 });
  }

  /** Signs and encrypts any blocks, also those that no rule allows, and damages some results. */
  #secured(bytes: Uint8Array): Uint8Array {
    if (view.open(bytes, 0, bytes.length) !== undefined) return bytes;
    const random = this.#random;
    const parts = splitIntoBlocks(view);
    const rules = Array.from({ length: 1 + random.below(3) }, (): SecurityRule => {
      const block = random.chance(0.6) ? 'bib' : 'bcb';
      const key = random.chance(0.8) ? 'k' : 'other';
      const rule = ruleOf({ role: 'source', block, key, wrap: random.chance(0.2) });
      const isFree = random.chance(0.5) || block === 'bib';
      return { ...rule, targets: isFree ? [TARGETS[random.below(5)]!] : rule.targets };
    });
    try {
      addSecurity(tools, parts, rules);
    } catch {
      // The source would have to encrypt its primary block.
      return bytes;
    }
    const target = parts.blocks[random.below(parts.blocks.length)]!;
    if (random.chance(0.4)) {
      replaceBlockData(target, mutate(target.data, random, { header: 12 }), target.crcType);
    }
    return joinBlocks(parts);
  }

  #fragment(any: Uint8Array): Uint8Array {
    const random = this.#random;
    const bytes = random.chance(0.5) ? any : this.#contradicting();
    const isWhole = view.open(bytes, 0, bytes.length) === undefined && view.payloadLength > 2;
    if (!isWhole || view.flags >= 0x8000_0000) return bytes;
    const start = random.below(view.payloadLength - 1);
    const end = start + 1 + random.below(view.payloadLength - start - 1);
    writeFragment(writer, view, { start, end });
    return writer.taken();
  }

  /** One of a few bundles for this node, of two lengths each. */
  #contradicting(): Uint8Array {
    const random = this.#random;
    const payload = new Uint8Array(random.chance(0.9) ? 60 : 61);
    const ends = { source: `ipn:${2 + random.below(2)}.1`, destination: 'ipn:1.1' };
    return sampleBundle({ ...ends, sequence: 1e6 + random.below(30), payload });
  }

  /** Mutates one block, or puts a huge number into it, and corrects its CRC. */
  #resealed(bytes: Uint8Array): Uint8Array {
    if (view.open(bytes, 0, bytes.length) !== undefined) return bytes;
    const random = this.#random;
    const index = random.below(view.blocks + 1) - 1;
    const start = index < 0 ? PRIMARY_START : view.blockStart[index]!;
    const end = index < 0 ? view.primaryEnd : view.blockEnd[index]!;
    const crcType = index < 0 ? view.crcType : view.blockCrcType[index]!;
    const tail = crcType === 0 ? 0 : 1 + CRC_BYTES_BY_TYPE[crcType]!;
    const block = bytes.subarray(start, end - tail);
    const changed = random.chance(0.5) ? this.#huge(block) : mutate(block, random, { header: 9 });
    const sealed = new Uint8Array(changed.length + tail);
    sealed.set(changed);
    sealed.set(bytes.subarray(end - tail, end), changed.length);
    writeCrc(sealed, 0, sealed.length, sealed.length > 4 ? crcType : 0);
    return concatBytes(bytes.subarray(0, start), sealed, bytes.subarray(end));
  }

  /** Puts the greatest number in the place of a small one. */
  #huge(block: Uint8Array): Uint8Array {
    let at = this.#random.below(Math.min(block.length, 40));
    while (at < block.length - 1 && block[at]! >= 24) at += 1;
    return concatBytes(block.subarray(0, at), HUGE, block.subarray(at + 1));
  }
}

class Agents implements Victim {
  readonly #random: RandomStream;
  readonly #neighbour: Neighbour;
  #agents: readonly Bench[] = [];
  #given = 0;
  #now = 0;

  constructor(random: RandomStream) {
    this.#random = random;
    this.#neighbour = new Neighbour(random);
  }

  give(): readonly string[] {
    if (this.#given % NEW_AFTER === 0) this.#agents = AGENTS.map((make) => make());
    this.#given += 1;
    const at = this.#random.below(this.#agents.length);
    const one = this.#agents[at]!;
    const transfer = { outlet: 'a--b', number: this.#given };
    const isChecking = at === 2 || at === 3;
    const bytes = this.#neighbour.bundle(isChecking ? 0.9 : 0.1);
    const from = this.#random.chance(0.9) ? 'b' : 'c';
    const came = this.#step(one, { kind: 'bundle', bytes, from, transfer });
    if (this.#random.chance(0.1)) came.push(...this.#disturb(one));
    if (one.agent.holding > 50) came.push('too many are held');
    return came.length === 0 ? ['held'] : came;
  }

  delivers(): boolean {
    return this.#agents.slice(0, 1).every((one) => {
      const bytes = sampleBundle({ source: 'ipn:3.1', destination: 'ipn:1.1', sequence: 1e9 });
      return this.#step(one, { kind: 'bundle', bytes, from: 'b' }).includes('deliver');
    });
  }

  #step({ agent, step }: Bench, input: Parameters<Bench['step']>[1]): string[] {
    this.#now += MS;
    const came = [...namesOf(step(this.#now, input))];
    for (let turn = 0; agent.nextAt() <= this.#now && turn < 100; turn += 1)
      came.push(...namesOf(step(this.#now, TIMER_DUE)));
    if (agent.nextAt() <= this.#now) came.push('work left undone');
    return came;
  }

  /** A way closes and opens, a neighbour acknowledges, the disk is done. */
  #disturb(one: Bench): string[] {
    const outlet = this.#random.chance(0.5) ? 'a--b' : 'a--c';
    const transfer = { outlet, number: this.#random.below(100) };
    return [
      ...this.#step(one, { kind: 'synced', isDurable: this.#random.chance(0.9) }),
      ...this.#step(one, { kind: 'way', outlet, way: 'closed' }),
      ...this.#step(one, { kind: 'way', outlet, way: 'open' }),
      ...this.#step(one, { kind: this.#random.chance(0.8) ? 'receipt' : 'failed', transfer }),
    ];
  }
}

/** The kinds of effects, and whether the next node could read each bundle that leaves. */
function namesOf(effects: readonly Effect[]): readonly string[] {
  const wrong = effects.flatMap((effect) => {
    if (effect.kind !== 'transmit') return [];
    const why = view.open(effect.bundle, 0, effect.bundle.length);
    return why === undefined ? [] : [`left with ${why}`];
  });
  return [...kinds(effects), ...wrong];
}

export const dtn: SealedCase = {
  protocol: 'dtn',
  what: 'bundles with right CRCs, signatures and tags',
  drops: DTN_DROP_REASONS,
  ends: ['held', 'deliver', 'transmit', 'receipt', 'put', 'erase', 'sync', 'report'],
  reaches: [
    ...['deliver', 'transmit', 'bad-extension', 'bad-fragment', 'too-many-blocks', 'duplicate'],
    ...[
      'security-failed',
      'security-conflicting',
      'bad-encounter',
      'block-unsupported',
      'hop-limit',
    ],
  ],
  begin: (random) => new Agents(random),
};
