/**
 * How an auditor reacts to correct answers, wrong answers and silence.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { Host } from '../../../../engine/host/host.ts';
import { TIMER_DUE, type TimerDue } from '../../../../nodes/_kit/machine.ts';
import { mixnetConfig } from '../../../../nodes/mixnet/config.ts';
import type { Descriptor, DirectoryDocument } from '../../../../nodes/mixnet/directory/index.ts';
import { packetFormatOf } from '../../../../nodes/mixnet/format.ts';
import {
  AUDIT_LOOPS_MAX,
  PROOF_REQUEST_TRIES_MAX,
  PROOF_RETRY_NS,
} from '../../../../nodes/mixnet/geometry.ts';
import {
  type AuditedHop,
  Auditor,
  type AuditorInput,
} from '../../../../nodes/mixnet/mix/auditor.ts';
import { VrfDelayPolicy } from '../../../../nodes/mixnet/mix/delay-law.ts';
import { LatenessGauge } from '../../../../nodes/mixnet/mix/lateness-gauge.ts';
import { ProofExchange } from '../../../../nodes/mixnet/mix/proof-exchange-node.ts';
import { FrameCodec, type ProofAnswer } from '../../../../nodes/mixnet/wire.ts';
import {
  delayVrfInput,
  deriveExponentialDelayNs,
  openVrfSecretKey,
  type VrfSecretKey,
} from '../../../../nodes/vrf/index.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const US = 1_000;
const MS = 1_000_000;
/** The statement of a mix that it never sends late. */
const PROMPT = { lateUs: 0 };
const MEAN_NS = 50 * MS;
const TRANSIT_NS = 5 * MS;
const EPOCH = 7;
const bytesOf = (label: string): Uint8Array => crypto.sha256(new TextEncoder().encode(label));

/** An auditor, its clock, and what it reported. */
class Bench {
  now = 0;
  readonly counts: Record<string, number> = {};
  readonly asked: string[] = [];
  lateMaxNs = 0;
  readonly auditor: Auditor = new Auditor({
    crypto,
    transitNs: TRANSIT_NS,
    toleranceNs: MS,
    latenessNs: 50 * MS,
    lateMaxNs: (): number => this.lateMaxNs,
  });
  /** The parts of a host that an exchange of proofs uses. */
  readonly host: Host = {
    crypto,
    now: () => 0,
    after: (): unknown => ({ cancel: (): void => undefined, rearm: (): void => undefined }),
    drop: (reason: string): void => this.#bump(reason),
    meter: { counter: (name: string): unknown => ({ add: (): void => this.#bump(name) }) },
    trace: { mark: () => undefined },
    alloc: (length: number) => new Uint8Array(length),
  } as unknown as Host;

  sent(loop: string, hops: readonly AuditedHop[]): void {
    this.#take({ kind: 'sent', loop, hops });
  }

  returned(loop: string, age: number): void {
    this.#take({ kind: 'returned', loop, age });
  }

  answered(from: string, answer: ProofAnswer): void {
    this.#take({ kind: 'answered', from, answer });
  }

  /** Advances time to the auditor's next instant, if it has one. */
  pass(): void {
    const at = this.auditor.nextAt();
    if (at === Number.POSITIVE_INFINITY) return;
    this.now = at;
    this.#take(TIMER_DUE);
    expect(this.auditor.nextAt()).toBeGreaterThan(at);
  }

  #take(input: AuditorInput | TimerDue): void {
    for (const effect of this.auditor.step(this.now, input)) {
      if (effect.kind === 'ask') this.asked.push(effect.mix);
      else if (effect.kind === 'drop') this.#bump(effect.reason);
      else if (effect.kind === 'audited') this.#bump(effect.isObeyed ? 'obeyed' : 'failed');
    }
  }

  #bump(name: string): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}

const keys = new Map<string, VrfSecretKey>(
  ['a', 'b', 'c'].map((name) => [name, openVrfSecretKey(crypto, 'tai', bytesOf(name))]),
);
const hopOf = (mix: string, loop: string): AuditedHop => ({
  mix,
  suite: 'tai',
  publicKey: keys.get(mix)!.publicKey,
  epoch: EPOCH,
  tag: bytesOf(`${mix} ${loop}`),
  meanNs: MEAN_NS,
});
const provedBy = ({ mix, tag }: AuditedHop): { proof: Uint8Array; delayNs: number } => {
  const { proof, output } = keys.get(mix)!.prove(delayVrfInput(EPOCH, tag))!;
  return { proof, delayNs: deriveExponentialDelayNs(output, MEAN_NS) };
};

/** Sends a loop over hops, returns it `lateNs` late, and answers on behalf of the hops. */
function audit(
  bench: Bench,
  loop: string,
  factors: Readonly<Record<string, number>>,
  lateNs = 0,
): void {
  const hops = Object.keys(factors).map((mix) => hopOf(mix, loop));
  bench.sent(loop, hops);
  let age = (hops.length + 1) * TRANSIT_NS + lateNs;
  for (const hop of hops) age += Math.floor(factors[hop.mix]! * provedBy(hop).delayNs);
  bench.returned(loop, age);
  for (const hop of hops) {
    const lateUs = bench.lateMaxNs / US;
    bench.answered(hop.mix, { tag: hop.tag, proof: provedBy(hop).proof, lateUs });
  }
}

describe('an auditor', () => {
  it('finds nothing at honest mixes', () => {
    const bench = new Bench();
    for (let loop = 0; loop < 10; loop++) audit(bench, `${loop}`, { a: 1, b: 1, c: 1 });
    expect(bench.counts).toEqual({ obeyed: 10 });
    expect(bench.auditor.suspects).toEqual([]);
  });

  it('fails the first loop that is off by more than the tolerance, and tells who did it', () => {
    const bench = new Bench();
    audit(bench, '0', { a: 1, b: 0.5, c: 1 });
    expect(bench.counts).toEqual({ failed: 1 });
    for (let loop = 1; loop < 14; loop++) audit(bench, `${loop}`, { a: 1, b: 0.9, c: 1 });
    expect(bench.auditor.suspects).toEqual(['b']);
  });

  it('tells a mix that is too early from one that is too late by as much', () => {
    const bench = new Bench();
    for (let loop = 0; loop < 14; loop++) audit(bench, `${loop}`, { a: 1.2, b: 0.8, c: 1 });
    expect(bench.auditor.suspects).toEqual(['a', 'b']);
  });

  it('blames nobody for what machines are late', () => {
    const bench = new Bench();
    bench.lateMaxNs = 10 * MS;
    // Two departures and three links, two of which lead to a node that states how late it is.
    for (let loop = 0; loop < 9; loop++) audit(bench, `${loop}`, { a: 1, b: 1 }, 49 * MS);
    for (let loop = 10; loop < 19; loop++) audit(bench, `${loop}`, { a: 1, b: 1 }, -14 * MS);
    expect(bench.counts).toEqual({ obeyed: 18 });
    expect(bench.auditor.suspects).toEqual([]);
  });

  it.each([0.1, 3])('finds who makes %f of its delays where machines are late', (factor) => {
    const bench = new Bench();
    bench.lateMaxNs = 2 * MS;
    for (let loop = 0; loop < 14; loop++) audit(bench, `${loop}`, { a: factor, b: 1 }, MS);
    expect(bench.auditor.suspects).toContain('a');
  });

  it('suspects nobody for single loops that a stall stretched', () => {
    const bench = new Bench();
    for (let loop = 0; loop < 14; loop++) {
      audit(bench, `${loop}`, { a: 1, b: 1 }, loop % 7 === 5 ? 400 * MS : 0);
    }
    expect(bench.counts).toEqual({ obeyed: 12, failed: 2 });
    expect(bench.auditor.suspects).toEqual([]);
  });

  it('believes a mix no more lateness than it may claim', () => {
    const bench = new Bench();
    const hop = hopOf('a', '0');
    bench.sent('0', [hop]);
    const { proof, delayNs } = provedBy(hop);
    bench.returned('0', delayNs + 2 * TRANSIT_NS + 102 * MS);
    bench.answered('a', { tag: hop.tag, proof, lateUs: 0xffff_ffff });
    expect(bench.counts).toEqual({ failed: 1 });
  });

  it('suspects at once who answers with a proof of something else', () => {
    const bench = new Bench();
    const hop = hopOf('a', '0');
    bench.sent('0', [hop]);
    bench.returned('0', MEAN_NS);
    bench.answered('a', {
      tag: hop.tag,
      proof: provedBy(hopOf('a', '1')).proof,
      ...PROMPT,
    });
    expect(bench.auditor.suspects).toEqual(['a']);
    expect(bench.counts).toEqual({ failed: 1 });
  });

  it('asks again, and suspects who never proves anything, but not the others', () => {
    const bench = new Bench();
    const hops = ['a', 'b'].map((mix) => hopOf(mix, '0'));
    bench.sent('0', hops);
    bench.returned('0', MEAN_NS);
    bench.answered('a', { tag: hops[0]!.tag, proof: provedBy(hops[0]!).proof, ...PROMPT });
    for (let round = 0; round < 2 * PROOF_REQUEST_TRIES_MAX; round++) {
      bench.answered('b', { tag: hops[1]!.tag, proof: 'proof-rate', ...PROMPT });
      bench.pass();
    }
    expect(bench.asked).toEqual([
      'a',
      ...Array.from({ length: PROOF_REQUEST_TRIES_MAX }, () => 'b'),
    ]);
    expect(bench.now).toBe(PROOF_REQUEST_TRIES_MAX * PROOF_RETRY_NS);
    expect(bench.auditor.suspects).toEqual(['b']);
    expect(bench.counts).toMatchObject({ failed: 1 });
  });

  it('drops answers that nobody waits for, and those of other nodes, by name', () => {
    const bench = new Bench();
    const hop = hopOf('a', '0');
    const answer = { tag: hop.tag, proof: provedBy(hop).proof, ...PROMPT };
    bench.answered('a', answer);
    bench.sent('0', [hop]);
    bench.returned('0', MEAN_NS);
    bench.answered('b', answer);
    expect(bench.counts).toEqual({ 'proof-unasked': 2 });
  });

  it('forgets the oldest loops under way when there are too many', () => {
    const bench = new Bench();
    for (let loop = 0; loop <= AUDIT_LOOPS_MAX; loop++) {
      bench.sent(`${loop}`, [hopOf('a', `${loop}`)]);
    }
    bench.returned('0', MEAN_NS);
    expect(bench.asked).toEqual([]);
    bench.returned('1', MEAN_NS);
    expect(bench.asked).toEqual(['a']);
  });
});

describe('the exchange of proofs', () => {
  const options = mixnetConfig.parse({ role: 'mix', mixing: { strategy: 'vrf-exp' } });
  const codec = new FrameCodec(packetFormatOf(crypto, options).geometry);

  function exchange(bench: Bench): {
    proofs: ProofExchange;
    sent: number[];
    delays: VrfDelayPolicy;
  } {
    const sent: number[] = [];
    const lateness = new LatenessGauge(bench.host);
    const law = { law: 'exponential', factor: 1 } as const;
    const delays = new VrfDelayPolicy(keys.get('b')!, lateness, law);
    const proofs = new ProofExchange({
      host: bench.host,
      options,
      answers: true,
      law: 'exponential',
      codec,
      delays,
      lateness,
      neighbours: new Set(['a', 'c']),
      endpointOf: () => 1,
      send: (frame) => sent.push(frame[0]!) > 0,
    });
    return { proofs, sent, delays };
  }

  /** How many proofs are requested for a loop over one node. */
  function askedFor(name: string, vrfKeySince: number): number {
    const { proofs, sent } = exchange(new Bench());
    proofs.useDocument({ epoch: EPOCH, genesisEpoch: 1 } as DirectoryDocument, MEAN_NS);
    const vrfKey = keys.get('a')!.publicKey;
    const hop = (node: string): never =>
      ({ node: { name: node, vrfKey, vrfKeySince } as Descriptor, epoch: EPOCH }) as never;
    const packet = { replayTags: () => [bytesOf('x')] } as never;
    proofs.sent('loop', { hops: [hop(name), hop('self')], delayNs: 0 }, packet);
    proofs.returned('loop', MEAN_NS);
    return sent.length;
  }

  it('audits keys of the first document and settled ones, and no younger ones', () => {
    expect([1, EPOCH - 2, EPOCH - 1, EPOCH].map((since) => askedFor('a', since))).toEqual([
      1, 1, 0, 0,
    ]);
  });

  it('audits neighbours only', () => {
    expect([askedFor('a', 1), askedFor('z', 1)]).toEqual([1, 0]);
  });

  it('gives a proof after the packet left, none before, and not two at once', () => {
    const bench = new Bench();
    const { proofs, delays } = exchange(bench);
    const ask = (label: string): void => {
      const frame = new Uint8Array(codec.length);
      codec.encodeAsk(frame, bytesOf(label));
      expect(proofs.takes(codec.decode(frame, 0, frame.length), 'a')).toBe(true);
    };
    ask('x');
    expect(bench.counts).toEqual({ 'proof-unknown': 1 });
    delays.departed(EPOCH, bytesOf('x'));
    ask('x');
    expect(bench.counts).toEqual({ 'proof-unknown': 1 });
    ask('x');
    expect(bench.counts).toEqual({ 'proof-unknown': 1, 'proof-rate': 1 });
  });

  it('leaves packets alone', () => {
    const { proofs } = exchange(new Bench());
    const frame = new Uint8Array(codec.length);
    codec.encodePacket(frame, new Uint8Array(10));
    expect(proofs.takes(codec.decode(frame, 0, frame.length), 'a')).toBe(false);
    expect(proofs.takes('frame-length', 'a')).toBe(false);
  });
});
