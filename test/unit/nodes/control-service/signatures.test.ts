/** Signatures of segments: which are taken, which are refused and why, and what each costs. */
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../../nodes/_kit/bytes.ts';
import { derSequence, readDer } from '../../../../nodes/_kit/der.ts';
import { derUnsigned } from '../../../../nodes/_kit/der-primitives.ts';
import { encodeProtobuf, field, message } from '../../../../nodes/_kit/protobuf.ts';
import { bytes } from '../../../../nodes/_kit/protobuf-scalars.ts';
import {
  type AsKeySource,
  asKeyScalar,
  ProvisionedKeys,
  SegmentVerifier,
  signEntry,
} from '../../../../nodes/control-service/beacons/signatures.ts';
import { VERIFIED_PREFIXES_MAX } from '../../../../nodes/control-service/geometry.ts';
import {
  hashOfCurve,
  openEcdsaKey,
  signEcdsa,
} from '../../../../nodes/control-service/pki/ecdsa.ts';
import {
  decodeSignedSegment,
  type SignedSegment,
  signatureInput,
} from '../../../../nodes/scion/paths/segment-wire.ts';
import { keyOf } from './pki/samples.ts';
import {
  beaconOver,
  CORE_A,
  CORE_B,
  crypto,
  LEAF,
  MIDDLE,
  NOW_S,
  publicKeyOf,
  signingKeyOf,
} from './small-network.ts';

const FILLER_BYTES = 0x1_0000;
const PARTS_AND_OTHER = message({
  header: field(1, bytes),
  body: field(2, bytes),
  other: field(15, bytes),
});
const ECDSA_SIGNATURE = derSequence({ r: derUnsigned(32), s: derUnsigned(32) });

function verifier(keyOf: AsKeySource = publicKeyOf): SegmentVerifier {
  return new SegmentVerifier(crypto, new ProvisionedKeys(crypto, keyOf));
}

type Entry = SignedSegment['signed'][number];

/** The segment with one entry as `change` makes it. */
function withEntry(
  segment: SignedSegment,
  at: number,
  change: (entry: Entry) => Partial<Entry>,
): SignedSegment {
  const signed = segment.signed.map((one, index) =>
    index === at ? { ...one, ...change(one) } : one,
  );
  return { ...segment, signed };
}

function flipped(of: Uint8Array, at: number): Uint8Array {
  const changed = of.slice();
  changed[at]! ^= 1;
  return changed;
}

const GOOD = beaconOver(CORE_A, [3, 3, 0]);
const ENTRIES = [0, 1, 2];
const CURVES = ['p256', 'p384', 'p521'] as const;

describe('a prefix that was verified', () => {
  it('is refused as soon as its key is trusted no more, such as after the end of a TRC', () => {
    const keys = new ProvisionedKeys(crypto, publicKeyOf);
    let ended = false;
    const checked = new SegmentVerifier(crypto, {
      keyOf: (question) => (ended ? 'trc-inactive' : keys.keyOf(question)),
      keysOfAs: () => [],
    });
    expect(checked.refusal(GOOD)).toBeUndefined();
    expect([checked.refusal(GOOD), checked.count]).toEqual([undefined, 3]);
    ended = true;
    expect(checked.refusal(GOOD)).toBe('trc-inactive');
  });
});

describe('a message that an AS signed', () => {
  it('is taken by any of the keys that the AS has now, as those do who do not know its next one', () => {
    const keys = [CORE_A, CORE_B].map((isdAs) =>
      openEcdsaKey(crypto, { curve: 'p256', point: publicKeyOf(isdAs) }),
    );
    const source = { keyOf: (): 'signature-key' => 'signature-key', keysOfAs: () => keys };
    const known = new SegmentVerifier(crypto, source);
    const text = Uint8Array.of(1, 2, 3);
    const isTaken = (by: typeof LEAF): boolean =>
      known.isSignedBy(LEAF, text, signingKeyOf(by).sign(text));
    expect([CORE_A, CORE_B, MIDDLE].map(isTaken)).toEqual([true, true, false]);
    expect(known.count).toBe(5);
  });
});

describe('the signatures of a segment', () => {
  it('are taken if each AS signed its entry and all before it', () => {
    const checked = verifier();
    expect(checked.refusal(GOOD)).toBeUndefined();
    expect(checked.count).toBe(3);
  });

  it('are ECDSA on P-256 with SHA-256 over what the reference signs, in DER', () => {
    for (const index of ENTRIES) {
      const { headerAndBody, signature } = GOOD.signed[index]!;
      const read = readDer(ECDSA_SIGNATURE, signature);
      const { r, s } = read.kind === 'bad' ? expect.fail('no DER') : read.value;
      const input = signatureInput(GOOD, index, headerAndBody);
      const key = publicKeyOf(GOOD.segment.entries[index]!.isdAs);
      expect(crypto.p256Verify(key, input, concatBytes(r, s))).toBe(true);
    }
  });

  it.each(CURVES)(
    'are verified with the key of an AS on %s, and over the hash of this curve alone',
    (curve) => {
      const key = keyOf('foreign', curve);
      const own = hashOfCurve(curve);
      const { headerAndBody } = GOOD.signed[2]!;
      const signature = signEcdsa(key, signatureInput(GOOD, 2, headerAndBody));
      const point = key.key.publicKey;
      for (const hash of ['sha256', 'sha384', 'sha512'] as const) {
        const source = new ProvisionedKeys(crypto, publicKeyOf);
        const checked = new SegmentVerifier(crypto, {
          keyOf: (asked) =>
            asked.keyId.isdAs === LEAF
              ? openEcdsaKey(crypto, { curve, point })
              : source.keyOf(asked),
          keysOfAs: () => [],
        });
        const segment = withEntry(GOOD, 2, () => ({ signature, hash }));
        expect(checked.refusal(segment)).toBe(hash === own ? undefined : 'signature-invalid');
        const changed = withEntry(GOOD, 2, () => ({ signature: flipped(signature, 40), hash }));
        expect(checked.refusal(changed)).toBe('signature-invalid');
      }
    },
  );

  it.each(ENTRIES)('are refused when a byte of entry %i or of its signature has changed', (at) => {
    const { headerAndBody } = GOOD.signed[at]!;
    for (let byte = 0; byte < headerAndBody.length; byte += 1) {
      const changed = withEntry(GOOD, at, () => ({ headerAndBody: flipped(headerAndBody, byte) }));
      if (verifier().refusal(changed) !== 'signature-invalid') expect.fail(`byte ${byte}`);
    }
    const { signature } = GOOD.signed[at]!;
    for (let byte = 0; byte < signature.length; byte += 1) {
      const changed = withEntry(GOOD, at, () => ({ signature: flipped(signature, byte) }));
      const refusal = verifier().refusal(changed);
      if (refusal !== 'signature-invalid') expect.fail(`byte ${byte} of the signature`);
    }
  });

  it('are refused when its timestamp or segment id has changed', () => {
    for (const at of GOOD.information.keys()) {
      const changed = { ...GOOD, information: flipped(GOOD.information, at) };
      expect(verifier().refusal(changed)).toBe('signature-invalid');
    }
  });

  it('are refused when entries are left out, though each is signed', () => {
    const without = (index: number): SignedSegment => ({
      ...GOOD,
      segment: { ...GOOD.segment, entries: GOOD.segment.entries.toSpliced(index, 1) },
      signed: GOOD.signed.toSpliced(index, 1),
    });
    expect(verifier().refusal(without(0))).toBe('signature-length');
    expect(verifier().refusal(without(1))).toBe('signature-length');
    expect(verifier().refusal(without(2))).toBeUndefined();
  });

  it('are refused when an entry says that it covers another length', () => {
    for (const at of ENTRIES) {
      for (const bytesMore of [-1, 1]) {
        const changed = withEntry(GOOD, at, ({ associatedBytes }) => ({
          associatedBytes: associatedBytes + bytesMore,
        }));
        expect(verifier().refusal(changed)).toBe('signature-length');
      }
    }
  });

  it('are refused when they name the key of another AS', () => {
    for (const at of ENTRIES) {
      const changed = withEntry(GOOD, at, ({ keyId }) => ({ keyId: { ...keyId, isdAs: CORE_B } }));
      expect(verifier().refusal(changed)).toBe('signature-key');
    }
  });

  it('are refused when an AS has no key, or none that is one, or another', () => {
    const with_ = (key: Uint8Array | undefined): AsKeySource => {
      return (isdAs) => (isdAs === MIDDLE ? key : publicKeyOf(isdAs));
    };
    expect(verifier(with_(undefined)).refusal(GOOD)).toBe('signature-key');
    expect(verifier(with_(new Uint8Array(5))).refusal(GOOD)).toBe('signature-invalid');
    expect(verifier(with_(publicKeyOf(LEAF))).refusal(GOOD)).toBe('signature-invalid');
  });

  it('are refused when they are anything but DER of two numbers', () => {
    const { signature } = GOOD.signed[0]!;
    const forms = [
      new Uint8Array(0),
      signature.subarray(0, -1),
      concatBytes(signature, Uint8Array.of(0)),
      new Uint8Array(64).fill(7),
    ];
    for (const form of forms) {
      const changed = withEntry(GOOD, 0, () => ({ signature: form }));
      expect(verifier().refusal(changed)).toBe('signature-invalid');
    }
  });

  it('of a prefix are verified once', () => {
    const checked = verifier();
    const counts = [
      beaconOver(CORE_A, [3]),
      GOOD,
      GOOD,
      // Another origination.
      beaconOver(CORE_A, [3, 3, 0], { timestamp: NOW_S + 5 }),
    ].map((segment) => [checked.refusal(segment), checked.count]);
    expect(counts.map(([, count]) => count)).toEqual([1, 3, 3, 6]);
    expect(counts.every(([refusal]) => refusal === undefined)).toBe(true);
  });

  it('that were refused are refused again', () => {
    const checked = verifier();
    const { signature } = GOOD.signed[2]!;
    const changed = withEntry(GOOD, 2, () => ({ signature: flipped(signature, 40) }));
    for (let times = 0; times < 2; times += 1) {
      expect(checked.refusal(changed)).toBe('signature-invalid');
    }
    expect(checked.count).toBe(4);
    expect(checked.refusal(GOOD)).toBeUndefined();
  });

  it('of prefixes beyond the limit are verified again, the oldest first', () => {
    // All signatures are right here, as to verify 20,000 of them would take long.
    const fast = { ...crypto, p256Verifier: () => ({ verify: (): boolean => true }) };
    const checked = new SegmentVerifier(fast, new ProvisionedKeys(fast, publicKeyOf));
    const first = beaconOver(CORE_A, [0]);
    const number = (index: number): SignedSegment => ({
      ...first,
      information: concatBytes(
        first.information.subarray(0, -4),
        Uint8Array.of(index >> 16, index >> 8, index, 0),
      ),
    });
    for (let index = 0; index < VERIFIED_PREFIXES_MAX; index += 1) checked.refusal(number(index));
    checked.refusal(number(0));
    expect(checked.count).toBe(VERIFIED_PREFIXES_MAX);
    checked.refusal(number(VERIFIED_PREFIXES_MAX));
    checked.refusal(number(1));
    expect(checked.count).toBe(VERIFIED_PREFIXES_MAX + 1);
    checked.refusal(number(0));
    expect(checked.count).toBe(VERIFIED_PREFIXES_MAX + 2);
  });

  it('cannot be forged by moving 65,536 bytes from an entry to its signature', () => {
    // MIDDLE signs what begins as an entry of CORE_A, and reads as one of its own: of two headers and two bodies, the
    // last ones count.
    const genuine = beaconOver(CORE_A, [3]);
    const own = beaconOver(MIDDLE, [3]);
    const victim = genuine.signed[0]!.headerAndBody;
    const ownParts = own.signed[0]!.headerAndBody;
    // A field that nobody knows, with its tag and length.
    const unknown = {
      ...PARTS_AND_OTHER.zero,
      other: new Uint8Array(FILLER_BYTES - ownParts.length - 4),
    };
    const filler = concatBytes(encodeProtobuf(PARTS_AND_OTHER, unknown), ownParts);
    expect(filler).toHaveLength(FILLER_BYTES);
    const headerAndBody = concatBytes(victim, filler);
    const { information } = genuine;
    const signature = signEntry(signingKeyOf(MIDDLE), concatBytes(headerAndBody, information));
    const read = (entry: { headerAndBody: Uint8Array; signature: Uint8Array }): SignedSegment => {
      const decoded = decodeSignedSegment({
        information,
        entries: [{ signed: entry, unsigned: undefined }],
      });
      return typeof decoded === 'string' ? expect.fail(decoded) : decoded;
    };
    const bait = read({ headerAndBody, signature });
    const forged = read({ headerAndBody: victim, signature: concatBytes(filler, signature) });
    expect([bait, forged].map(({ segment }) => segment.entries[0]?.isdAs)).toEqual([
      MIDDLE,
      CORE_A,
    ]);
    const checked = verifier();
    expect(checked.refusal(bait)).toBeUndefined();
    expect(checked.refusal(forged)).toBe('signature-invalid');
  });
});

describe('the key of an AS', () => {
  it('is below the order of P-256, whatever the secret', () => {
    const secret = new Uint8Array(32).fill(0xff);
    const scalar = asKeyScalar(secret);
    expect([scalar[0], scalar[1], secret[0]]).toEqual([0x7f, 0xff, 0xff]);
    const key = crypto.p256Key(scalar);
    expect(crypto.p256Verify(key.publicKey, secret, key.sign(secret))).toBe(true);
  });
});
