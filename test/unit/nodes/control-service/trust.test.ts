/** Control services that sign with certificates: what they fetch, verify and refuse. @module */
import { describe, expect, it } from 'vitest';
import { SegmentExtender } from '../../../../nodes/control-service/beacons/extender.ts';
import type { ControlKeys } from '../../../../nodes/control-service/keys.ts';
import type { CertificateChain } from '../../../../nodes/control-service/pki/chain.ts';
import {
  FETCHES_OPEN_MAX,
  FETCHES_PER_AS_MAX,
  FETCHES_WAITING_BYTES_MAX,
  FETCHES_WAITING_MAX,
} from '../../../../nodes/control-service/pki/geometry.ts';
import { Trust } from '../../../../nodes/control-service/trust.ts';
import {
  encodeChain,
  encodeRenewalRequest,
  encodeTrustRequest,
} from '../../../../nodes/control-service/trust-messages.ts';
import type { ControlWay } from '../../../../nodes/control-service/ways.ts';
import {
  CONTROL_METHODS,
  controlAnswer,
  controlRequest,
} from '../../../../nodes/control-service/wire.ts';
import {
  CONTROL_PORT,
  encodeSegments,
  type IsdAs,
  requireHostAddress,
} from '../../../../nodes/scion/index.ts';
import { chainOverSha256, foreignIsd } from './foreign-pki.ts';
import { type Handed, JoinedServices } from './joined-services.ts';
import { isdOn } from './pki/samples.ts';
import {
  beaconOver,
  CORE_A,
  CORE_B,
  CORE_C,
  crypto,
  FAR,
  hopsOf,
  LEAF,
  MIDDLE,
  NOW_S,
  signingKeyOf,
  surroundingsOf,
} from './small-network.ts';
import { ASES, chainOf, keysOf, materialOf, trcUntil } from './small-pki.ts';

const REAL = { signatures: 'real' };

function joined(
  keys: (isdAs: IsdAs) => ControlKeys = keysOf,
  ases: readonly IsdAs[] = ASES,
): JoinedServices {
  return new JoinedServices(ases, REAL, keys);
}

function certificates(services: JoinedServices, isdAs: IsdAs): Readonly<Record<string, unknown>> {
  return services.status(isdAs)['certificates'] as Readonly<Record<string, unknown>>;
}

describe('control services with certificates', () => {
  it('find all paths, with the chains of those whose entries they saw', () => {
    const services = joined().runTo(20);
    expect(services.drops).toEqual([]);
    for (const isdAs of ASES) {
      const { ups, cores, downs } = services.find(isdAs, isdAs === FAR ? LEAF : FAR);
      expect(ups.length + cores.length + downs.length, isdAs).toBeGreaterThan(0);
    }
    expect(certificates(services, CORE_A)).toMatchObject({ isds: 2, serial: 1 });
    expect(certificates(services, LEAF)['chains']).toBe(ASES.length);
    const [entry] = services.find(LEAF, FAR).ups[0]!.signed;
    expect(entry!.keyId).toEqual({
      ...{ isdAs: entry!.keyId.isdAs, trcBase: 1, trcSerial: 1 },
      subjectKeyId: chainOf(entry!.keyId.isdAs).as.subjectKeyId,
    });
  });

  it.each(['p384', 'p521'] as const)(
    'find paths under a TRC and CAs on %s, as those of other implementations are',
    (curve) => {
      const foreign = foreignIsd(curve);
      const services = joined(
        (isdAs) => ({ ...keysOf(isdAs), ...foreign(isdAs) }),
        [CORE_A, MIDDLE, LEAF],
      ).runTo(8);
      expect(services.drops).toEqual([]);
      expect(services.find(LEAF, CORE_A).ups.length).toBeGreaterThan(0);
      expect(certificates(services, LEAF)['chains']).toBe(3);
    },
  );

  it('refuse a CA on P-384 that signed with SHA-256', () => {
    const foreign = foreignIsd('p384');
    const services = joined(
      (isdAs) => ({ ...keysOf(isdAs), ...foreign(isdAs) }),
      [CORE_A, MIDDLE, LEAF],
    );
    const other = chainOverSha256(MIDDLE, isdOn('p384'));
    replaceChains(services, MIDDLE, other, foreign(MIDDLE).chain);
    services.runTo(8);
    expect(services.dropsAt(LEAF)).toContain('chain-algorithm');
    expect(services.find(LEAF, CORE_A)).toMatchObject({ ups: [] });
  });

  it('verify each prefix once, and ask for each chain once', () => {
    let asked = 0;
    const services = joined();
    services.onWay = ({ from, to, bytes }): Uint8Array => {
      const isRequest = from === MIDDLE && to === CORE_A && bytes.length < 100;
      if (isRequest && hasMethod(bytes, CONTROL_METHODS.chain)) asked += 1;
      return bytes;
    };
    services.runTo(12);
    const before = services.status(MIDDLE)['signaturesVerified'] as number;
    expect(asked).toBeGreaterThan(0);
    const first = asked;
    services.runTo(13);
    expect(asked).toBe(first);
    // An origination every 5 s over each of two core ASes, of at most three entries.
    expect((services.status(MIDDLE)['signaturesVerified'] as number) - before).toBeLessThan(20);
  });

  it('find nothing over an AS whose certificate is forged, and say why', () => {
    // FAR is in the other ISD: its CA is none that a root of ISD 1 vouches for.
    const own = chainOf(MIDDLE);
    const forged = { ...own, ca: chainOf(FAR).ca };
    const services = joined(keysOf, [CORE_A, MIDDLE, LEAF]);
    replaceChains(services, MIDDLE, forged);
    services.runTo(8);
    expect(new Set(services.dropsAt(LEAF))).toEqual(new Set(['chain-issuer', 'signature-chain']));
    expect(services.find(LEAF, CORE_A)).toMatchObject({ ups: [] });
  });

  it('refuse the certificate of another AS', () => {
    const services = joined(keysOf, [CORE_A, MIDDLE, LEAF]);
    replaceChains(services, MIDDLE, chainOf(CORE_A));
    services.runTo(8);
    expect(new Set(services.dropsAt(LEAF))).toContain('chain-owner');
  });

  it('refuse what is no certificate', () => {
    const services = joined(keysOf, [CORE_A, MIDDLE, LEAF]);
    const nothing = { as: { bytes: Uint8Array.of(1) }, ca: { bytes: Uint8Array.of(2) } };
    replaceChains(services, MIDDLE, nothing as CertificateChain);
    services.runTo(8);
    expect(new Set(services.dropsAt(LEAF))).toContain('chain-malformed');
  });

  it('refuse entries of a certificate that does not last as long as they do', () => {
    // Made so long ago that it ends in a minute: hop fields of the shortest time, 337.5 s, are longer.
    const old = materialOf(1, NOW_S - 3 * 86_400 + 3_600 + 60);
    const services = joined((isdAs) => {
      const chain = isdAs === CORE_A ? old.chains.get(isdAs)! : chainOf(isdAs);
      return { ...keysOf(isdAs), chain } as ControlKeys;
    });
    services.runTo(8);
    expect(new Set(services.dropsAt(MIDDLE))).toEqual(new Set(['signature-time']));
    expect(services.find(MIDDLE, CORE_B).ups.length).toBeGreaterThan(0);
    services.runTo(70);
    expect(new Set(services.dropsAt(MIDDLE))).toEqual(new Set(['signature-time']));
  });

  it('find each other until the only TRC of their ISD ends, and believe nothing of it afterwards', () => {
    const endS = 1_300;
    const trcs = [trcUntil(1, NOW_S + endS), materialOf(2).trc];
    const rare = { origination: '60s', propagation: '60s', registration: '60s' };
    const services = new JoinedServices(
      [CORE_A, CORE_B, MIDDLE, LEAF],
      { ...REAL, ...rare },
      (isdAs) => ({ ...keysOf(isdAs), trcs }),
    );
    services.runTo(500);
    expect(services.drops).toEqual([]);
    const { ups } = services.find(LEAF, CORE_A);
    expect(ups.length).toBeGreaterThan(0);
    // No hop field outlives the TRC.
    for (const { segment } of ups) {
      const ends = segment.entries.map(({ hop }) => (1 + hop.expTime) * 337.5 + segment.timestamp);
      for (const end of ends) expect(end).toBeLessThanOrEqual(NOW_S + endS);
      expect(Math.min(...ends)).toBeGreaterThan(NOW_S + endS - 338);
    }
    services.runTo(endS + 1);
    const before = services.drops.length;
    services.runTo(endS + 700);
    const reasons = new Set(services.drops.slice(before).map(({ reason }) => reason));
    expect(reasons).toContain('trc-inactive');
    expect(services.find(LEAF, CORE_A).ups).toEqual([]);
    expect(services.findKey(LEAF, CORE_A, '10.0.0.1', NOW_S)).toBeUndefined();
  });

  it('make hop fields that end before the certificate does', () => {
    const hours = 3_600;
    const old = materialOf(1, NOW_S - 3 * 24 * hours + 2 * hours);
    const services = joined((isdAs) => {
      const chain = isdAs === CORE_A ? old.chains.get(isdAs)! : chainOf(isdAs);
      return { ...keysOf(isdAs), chain } as ControlKeys;
    });
    services.runTo(8);
    expect(services.dropsAt(MIDDLE)).toEqual([]);
    const [up] = services.find(MIDDLE, CORE_A).ups;
    const { entries, timestamp } = up!.segment;
    const end = (1 + entries[0]!.hop.expTime) * 337.5 + timestamp;
    const { notAfter } = old.chains.get(CORE_A)!.as;
    expect([end <= notAfter, end > notAfter - 338, entries[1]!.hop.expTime]).toEqual([
      true,
      true,
      63,
    ]);
  });

  it('refuse signatures that name another TRC than there is', () => {
    const services = joined(
      (isdAs) => {
        const keys = keysOf(isdAs);
        return isdAs === CORE_C ? keys : { ...keys, trcs: keys.trcs.slice(0, 1) };
      },
      [CORE_B, CORE_C],
    );
    services.runTo(8);
    expect(new Set(services.dropsAt(CORE_B))).toEqual(new Set(['signature-trc']));
  });

  it('answer nothing that they do not have', () => {
    const services = joined();
    const tell = (need: Parameters<typeof encodeTrustRequest>[0]): string[] => {
      const { method, body } = encodeTrustRequest(need);
      return services.tell({ from: MIDDLE, to: CORE_A, ingress: 0 }, controlRequest(method, body));
    };
    expect(tell({ kind: 'trc', isd: 1, base: 1, serial: 1 })).toEqual([]);
    expect(tell({ kind: 'trc', isd: 1, base: 1, serial: 2 })).toEqual(['trust-unknown']);
    const { subjectKeyId } = chainOf(CORE_A).as;
    expect(tell({ kind: 'chain', isdAs: CORE_A, subjectKeyId })).toEqual([]);
    expect(tell({ kind: 'chain', isdAs: CORE_B, subjectKeyId })).toEqual(['trust-unknown']);
    const way = { from: MIDDLE, to: CORE_A, ingress: 0 };
    expect(services.tell(way, controlRequest('chain', Uint8Array.of(0xff)))).toEqual([
      'trust-unknown',
    ]);
  });

  it('let no more messages wait for certificates than may', () => {
    const asking = new Asking();
    const way = wayTo(LEAF, CORE_A);
    for (let waiting = 0; waiting < FETCHES_WAITING_MAX; waiting += 1) asking.fetch(way, 1);
    expect([asking.calls, asking.ended, asking.drops]).toEqual([1, 0, []]);
    asking.fetch(way, 1);
    expect([asking.calls, asking.ended, asking.drops]).toEqual([1, 1, ['trust-full']]);
  });

  it('let long messages wait only while they have few bytes together', () => {
    const asking = new Asking();
    const way = wayTo(LEAF, CORE_A);
    const most = FETCHES_WAITING_BYTES_MAX / 2 ** 20;
    for (let waiting = 0; waiting <= most; waiting += 1) asking.fetch(way, 1, 2 ** 20);
    expect([asking.calls, asking.ended, asking.drops]).toEqual([1, 1, ['trust-full']]);
    asking.answers[0]!(undefined);
    asking.fetch(way, 1, FETCHES_WAITING_BYTES_MAX);
    expect([asking.calls, asking.ended, asking.drops.length]).toEqual([2, most + 1, 1]);
  });

  it('fetch nothing for a registration that is refused anyway', () => {
    const services = joined(keysOf, [CORE_A, MIDDLE]);
    const keyId = { isdAs: CORE_B, subjectKeyId: Uint8Array.of(1), trcBase: 1, trcSerial: 1 };
    const { mtu, interfaces } = surroundingsOf(CORE_B);
    const extender = new SegmentExtender({
      ...{ isdAs: CORE_B, mtu, interfaces, expTime: 63, hops: hopsOf(CORE_B) },
      ...{ signer: () => ({ key: signingKeyOf(CORE_B), keyId }), seconds: () => NOW_S },
    });
    const down = extender.extend(beaconOver(CORE_A, []), 0, 0);
    const body = encodeSegments({ ups: [], cores: [], downs: [down] });
    const way = { from: MIDDLE, to: CORE_A, ingress: 0 };
    expect(services.tell(way, controlRequest('register', body))).toEqual(['segment-invalid']);
    expect(services.status(CORE_A)['calls']).toMatchObject({ made: 0 });
  });

  it('do not let one AS take all calls by naming keys that nobody has', () => {
    const asking = new Asking();
    const way = wayTo(LEAF, CORE_A);
    for (let key = 0; key <= FETCHES_PER_AS_MAX; key += 1) asking.fetch(way, key);
    expect([asking.calls, asking.drops]).toEqual([FETCHES_PER_AS_MAX, ['trust-full']]);
    asking.fetch(wayTo(LEAF, CORE_B), 0);
    expect([asking.calls, asking.drops.length]).toEqual([FETCHES_PER_AS_MAX + 1, 1]);
    asking.answers[0]!(undefined);
    asking.fetch(way, FETCHES_PER_AS_MAX);
    expect([asking.calls, asking.drops.length]).toEqual([FETCHES_PER_AS_MAX + 2, 1]);
  });

  it('do not let all ASes together take all calls', () => {
    const asking = new Asking();
    for (let key = 0; key <= FETCHES_OPEN_MAX; key += 1) {
      asking.fetch(wayTo(LEAF, `1-${1 + (key >> 5)}` as IsdAs), key);
    }
    expect([asking.calls, asking.drops]).toEqual([FETCHES_OPEN_MAX, ['trust-full']]);
  });

  it('do not wait for one who claims to be the AS and never answers', () => {
    const asking = new Asking();
    asking.fetch({ ...wayTo(LEAF, CORE_A), router: '10.1.0.2' }, 1);
    asking.fetch(wayTo(LEAF, CORE_A), 1);
    asking.fetch(wayTo(LEAF, CORE_A), 1);
    expect(asking.calls).toBe(2);
    asking.answers[1]!(undefined);
    expect(asking.ended).toBe(2);
  });

  it.each([
    ['that is no CA', MIDDLE, CORE_A, 'renewal-no-authority'],
    ['of another ISD', CORE_C, CORE_A, 'renewal-isd'],
  ])('fetch nothing for a renewal at an AS %s', (_, own, isdAs, refusal) => {
    const asking = new Asking(own);
    const cms = Uint8Array.of(1);
    const body = encodeRenewalRequest({ isdAs, subjectKeyId: Uint8Array.of(1), cms });
    const answers: unknown[] = [];
    asking.trust.answerRenewal(wayTo(own, isdAs), body, (answer) => void answers.push(answer));
    expect([asking.calls, answers]).toEqual([0, [refusal]]);
  });
});

const BEACON = beaconOver(CORE_A, [3]);

/** Certificates of one control service, whose calls the test answers. */
class Asking {
  readonly drops: string[] = [];
  readonly answers: ((answer: Uint8Array | undefined) => void)[] = [];
  readonly trust: Trust;
  ended = 0;

  constructor(isdAs: IsdAs = LEAF) {
    this.trust = new Trust({
      ...{
        isdAs,
        crypto,
        seconds: (): number => NOW_S,
        drop: (reason): void => void this.drops.push(reason),
        count: (): void => undefined,
      },
      pki: keysOf(isdAs),
      call: (_way, _message, done): void => void this.answers.push(done),
    });
  }

  get calls(): number {
    return this.answers.length;
  }

  /** Handles a segment that names this key of CORE_A. */
  fetch(way: ControlWay, key: number, bytes = 10): void {
    const subjectKeyId = Uint8Array.of(1 + (key >> 8), key);
    const keyId = { isdAs: CORE_A, subjectKeyId, trcBase: 1, trcSerial: 1 };
    const headerAndBody = new Uint8Array(bytes);
    const named = {
      ...BEACON,
      signed: BEACON.signed.map((one) => ({ ...one, keyId, headerAndBody })),
    };
    this.trust.fetchFor(way, [named], () => {
      this.ended += 1;
    });
  }
}

const SERVICES = joined(keysOf, [CORE_A, MIDDLE, LEAF, CORE_C]);

function wayTo(from: IsdAs, to: IsdAs): ControlWay {
  return SERVICES.services.get(from)!.wayBack({
    ...{ isdAs: to, host: requireHostAddress('SVC CS'), port: CONTROL_PORT, ingress: 0 },
    ...{ path: { kind: 'empty' }, router: '10.1.0.1' },
  });
}

/** True of a packet whose data begins with this method. */
function hasMethod(bytes: Uint8Array, method: number): boolean {
  return bytes[18] === method || bytes[31] === method;
}

/** Lets an AS answer requests for chains with another one. */
function replaceChains(
  services: JoinedServices,
  at: IsdAs,
  by: CertificateChain,
  own = chainOf(at),
): void {
  const genuine = controlAnswer(encodeChain({ as: own.as.bytes, ca: own.ca.bytes }));
  const forged = controlAnswer(encodeChain({ as: by.as.bytes, ca: by.ca.bytes }));
  services.onWay = ({ from, bytes }: Handed): Uint8Array => {
    const place = Buffer.from(bytes).indexOf(Buffer.from(genuine));
    if (from !== at || place < 0) return bytes;
    return Uint8Array.from([...bytes.subarray(0, place), ...forged]);
  };
}
