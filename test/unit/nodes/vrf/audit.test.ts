/**
 * A sender of loops audits mixes: an honest one, one that shortens delays, one that refuses to
 * answer, and one that proves something else.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import {
  AUDIT_TOLERANCE_NS,
  AuditLedger,
  type AuditOutcome,
  auditDelay,
  delayVrfInput,
  deriveExponentialDelayNs,
  openVrfSecretKey,
  ProofIssuer,
} from '../../../../nodes/vrf/index.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const MEAN_NS = 50_000_000;
const EPOCH = 12;
const INTERVAL_NS = 10_000_000;

function digest(label: string): Uint8Array {
  return crypto.sha256(new TextEncoder().encode(label));
}

/** A mix whose delays and answers a test can choose. */
class Mix {
  readonly key;
  readonly issuer: ProofIssuer;
  readonly #factor: number;

  constructor(name: string, factor: number) {
    this.key = openVrfSecretKey(crypto, 'tai', digest(name));
    this.issuer = new ProofIssuer({ key: this.key, packetsMax: 4, intervalNs: INTERVAL_NS });
    this.#factor = factor;
  }

  /** How long it holds a packet. */
  hold(tag: Uint8Array): number {
    const owedNs = deriveExponentialDelayNs(this.key.output(delayVrfInput(EPOCH, tag))!, MEAN_NS);
    return Math.round(this.#factor * owedNs);
  }
}

/** Sends one packet through a mix and requests the proof; returns the result of the audit. */
function audited(mix: Mix, round: number): AuditOutcome {
  const tag = digest(`packet ${round}`);
  const observedNs = mix.hold(tag);
  mix.issuer.depart(EPOCH, tag);
  const answer = mix.issuer.prove(round * INTERVAL_NS, tag);
  if ('refusal' in answer) return 'refused';
  const { suite, publicKey } = mix.key;
  const common = { suite, publicKey, epoch: EPOCH, tag, meanNs: MEAN_NS };
  const { proof } = answer;
  return auditDelay(crypto, { ...common, proof, observedNs, toleranceNs: AUDIT_TOLERANCE_NS }).kind;
}

describe('audits of mixes', () => {
  it('R-182: clear the honest mix, and list the one that hurries by a tenth', () => {
    const ledger = new AuditLedger();
    const honest = new Mix('honest', 1);
    const hasty = new Mix('hasty', 0.9);
    for (let round = 0; round < 25; round++) {
      ledger.enter('honest', audited(honest, round));
      ledger.enter('hasty', audited(hasty, round));
    }
    expect(ledger.countsOf('honest')).toMatchObject({ obeyed: 25, refused: 0 });
    expect(ledger.countsOf('hasty')['too-early']).toBe(25);
    expect(ledger.suspects()).toEqual(['hasty']);
  });

  it('R-182: list a mix that gives no proofs, and one that gives wrong ones', () => {
    const ledger = new AuditLedger();
    for (const outcome of ['obeyed', 'refused'] as const) ledger.enter('silent', outcome);
    ledger.enter('forger', 'proof-invalid');
    ledger.enter('slow', 'too-late');
    ledger.enter('honest', 'obeyed');
    expect(ledger.suspects()).toEqual(['forger', 'silent', 'slow']);
    expect(ledger.countsOf('stranger').obeyed).toBe(0);
  });
});

describe('the issuer that gives proofs', () => {
  const tags = Array.from({ length: 6 }, (_, index) => digest(`tag ${index}`));

  it('gives none before the packet left, and none for a tag it never saw', () => {
    const { issuer } = new Mix('a', 1);
    expect(issuer.prove(0, tags[0]!)).toEqual({ refusal: 'proof-unknown' });
    issuer.depart(EPOCH, tags[0]!);
    expect(issuer.prove(0, tags[0]!)).toMatchObject({ epoch: EPOCH });
    expect(issuer.prove(INTERVAL_NS, tags[1]!)).toEqual({ refusal: 'proof-unknown' });
    expect(issuer.prove(INTERVAL_NS, new Uint8Array())).toEqual({ refusal: 'proof-unknown' });
  });

  it('gives one in each interval', () => {
    const { issuer } = new Mix('b', 1);
    for (const tag of tags.slice(0, 2)) issuer.depart(EPOCH, tag);
    expect(issuer.prove(0, tags[0]!)).toHaveProperty('proof');
    expect(issuer.prove(INTERVAL_NS - 1, tags[1]!)).toEqual({ refusal: 'proof-rate' });
    expect(issuer.prove(INTERVAL_NS, tags[1]!)).toHaveProperty('proof');
  });

  it('remembers the latest packets only', () => {
    const { issuer } = new Mix('c', 1);
    for (const tag of tags) issuer.depart(EPOCH, tag);
    const answers = tags.map((tag, index) => issuer.prove(index * INTERVAL_NS, tag));
    expect(answers.map((answer) => 'proof' in answer)).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
    ]);
  });
});
