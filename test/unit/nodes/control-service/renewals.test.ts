/** Certificates that end: who renews them when, and which requests a CA refuses. @module */
import { describe, expect, it } from 'vitest';
import type { ControlKeys } from '../../../../nodes/control-service/keys.ts';
import { verifyChain } from '../../../../nodes/control-service/pki/chain.ts';
import { pkiCryptoOf } from '../../../../nodes/control-service/pki/ecdsa.ts';
import {
  BACKDATED_S,
  CERTIFICATE_BYTES_MAX,
  CERTIFICATE_LIFETIME_S,
} from '../../../../nodes/control-service/pki/geometry.ts';
import { encodeName } from '../../../../nodes/control-service/pki/name.ts';
import { encodeRenewal } from '../../../../nodes/control-service/pki/renewal.ts';
import { decodeSignedTrc } from '../../../../nodes/control-service/pki/signed-trc.ts';
import { encodeRenewalRequest } from '../../../../nodes/control-service/trust-messages.ts';
import { CONTROL_METHODS, controlRequest } from '../../../../nodes/control-service/wire.ts';
import type { IsdAs } from '../../../../nodes/scion/index.ts';
import { JoinedServices } from './joined-services.ts';
import { CORE_A, CORE_B, crypto, FAR, LEAF, MIDDLE, NOW_S } from './small-network.ts';
import { authorityOf, chainOf, keysOf, MATERIAL } from './small-pki.ts';

const HALF_HOUR_S = 1_800;
const DAY_S = 86_400;
/** Rounds are rare, so that hours cost little. */
const SLOW = { origination: '60s', propagation: '60s', registration: '60s', signatures: 'real' };

function shortLived(isdAs: IsdAs): ControlKeys {
  return { ...keysOf(isdAs), lifetimeSeconds: HALF_HOUR_S };
}

function endOf(services: JoinedServices, isdAs: IsdAs): number {
  const { notAfter } = services.status(isdAs)['certificates'] as { readonly notAfter: number };
  return notAfter - NOW_S;
}

describe('certificates that end', () => {
  const ases = [CORE_A, CORE_B, MIDDLE, LEAF];

  it('are left as they are while a third of their lifetime is left', () => {
    const services = new JoinedServices(ases, SLOW, keysOf).runTo(30);
    for (const isdAs of ases) expect(endOf(services, isdAs)).toBe(CERTIFICATE_LIFETIME_S - 3_600);
  });

  it('are renewed by the CA of their ISD as often as it takes, and entries are signed with them', () => {
    const services = new JoinedServices(ases, SLOW, shortLived).runTo(60);
    expect(services.drops).toEqual([]);
    const first = ases.map((isdAs) => endOf(services, isdAs));
    for (const end of first) expect(end).toBeLessThanOrEqual(60 + HALF_HOUR_S);
    services.runTo(1_300);
    for (const [at, isdAs] of ases.entries()) {
      expect(endOf(services, isdAs)).toBeGreaterThan((first[at] as number) + 1_000);
    }
    services.runTo(2_000);
    expect(services.drops).toEqual([]);
    const { ups } = services.find(LEAF, CORE_A);
    expect(ups.length).toBeGreaterThan(0);
    const [entry] = ups[0]!.signed;
    expect(entry!.keyId.subjectKeyId).not.toEqual(chainOf(entry!.keyId.isdAs).as.subjectKeyId);
  });

  it('had the key of an earlier one after a restart, so that nobody asked for the new one', () => {
    const keyIdAfter = (seconds: number): Uint8Array => {
      const services = new JoinedServices(ases, SLOW, shortLived);
      services.nowNs = seconds * 1e9;
      services.runTo(seconds + 200);
      return services.find(LEAF, CORE_A).ups[0]!.signed.at(-1)!.keyId.subjectKeyId;
    };
    expect(keyIdAfter(0)).toEqual(keyIdAfter(0));
    expect(keyIdAfter(0)).not.toEqual(keyIdAfter(1_000));
  });

  it('end in an AS that asks for none any more, while others go on', () => {
    const services = new JoinedServices(ases, SLOW, (isdAs) => {
      const renewalEndsSeconds = NOW_S + (isdAs === LEAF ? 60 : DAY_S);
      return { ...keysOf(isdAs), lifetimeSeconds: HALF_HOUR_S, renewalEndsSeconds };
    }).runTo(2_000);
    expect(endOf(services, LEAF)).toBeLessThan(2_000);
    for (const isdAs of [CORE_A, CORE_B, MIDDLE]) {
      expect(endOf(services, isdAs)).toBeGreaterThan(2_000);
    }
  });

  it('end where no CA can be reached, and are then refused', () => {
    const services = new JoinedServices(ases, SLOW, shortLived);
    services.runTo(60);
    services.onWay = ({ bytes }): Uint8Array | undefined => (isRenewal(bytes) ? undefined : bytes);
    services.runTo(2_000);
    expect(new Set(services.dropsAt(LEAF))).toContain('signature-time');
  });
});

/** True of a packet whose data begin with the method of renewals. */
function isRenewal(bytes: Uint8Array): boolean {
  return bytes[18] === CONTROL_METHODS.renew || bytes[31] === CONTROL_METHODS.renew;
}

describe('a CA', () => {
  const { trc: bytes } = MATERIAL.get(1)!;
  const signed = decodeSignedTrc(bytes);
  const { trc } = typeof signed === 'string' ? expect.fail(signed) : signed;
  const root = trc.certificates.find(({ kind, isdAs }) => kind === 'root' && isdAs === CORE_A)!;
  const { as } = chainOf(LEAF);

  it('issues for at most three days, and renews its own certificate before that', () => {
    for (const days of [0, 3, 5, 12, 40]) {
      const now = NOW_S + days * DAY_S;
      const wish = { key: as.key, lifetimeSeconds: 10 * DAY_S };
      const chain = authorityOf(CORE_A)!.issue(as, wish, root, now)!;
      expect(verifyChain(pkiCryptoOf(crypto), chain, trc, now)).toEqual({
        ...{ notBefore: now - BACKDATED_S, notAfter: now + CERTIFICATE_LIFETIME_S },
      });
      expect(chain.as.isdAs).toBe(LEAF);
    }
  });

  it('does not throw when the name of who asks leaves no room for a certificate', () => {
    const name = { ...as.subject, bytes: encodeName('x'.repeat(CERTIFICATE_BYTES_MAX), LEAF) };
    const wish = { key: as.key, lifetimeSeconds: DAY_S };
    const issued = authorityOf(CORE_A)!.issue({ ...as, subject: name }, wish, root, NOW_S);
    expect(issued).toBeUndefined();
  });

  interface Wish {
    readonly from: IsdAs;
    readonly signer: IsdAs;
    readonly cut?: number;
    readonly unproved?: boolean;
    readonly isOther?: boolean;
    /** Seconds ago. */
    readonly age?: number;
    readonly times?: number;
  }

  function messageOf({ from, signer, cut, unproved, isOther, age = 0 }: Wish): Uint8Array {
    const newKey = keysOf(from).keyOf(1);
    const sign = unproved === true ? keysOf(from).keyOf(2).sign : newKey.sign;
    const cms = encodeRenewal({
      ...{ crypto: pkiCryptoOf(crypto), certificate: chainOf(signer).as },
      seconds: NOW_S - age,
      key: { curve: 'p256', key: keysOf(isOther === true ? CORE_B : signer).keyOf(0) },
      newKey: { curve: 'p256', key: { ...newKey, sign } },
      lifetimeSeconds: HALF_HOUR_S,
    });
    const { subjectKeyId } = chainOf(from).as;
    const body = encodeRenewalRequest({ isdAs: from, subjectKeyId, cms: cms.subarray(0, cut) });
    return controlRequest('renew', body);
  }

  /** What a CA says to a request. */
  function told(to: IsdAs, wish: Wish): string[] {
    const services = new JoinedServices([CORE_A, CORE_B, MIDDLE], SLOW, keysOf).runTo(5);
    const message = messageOf(wish);
    const drops: string[] = [];
    for (let time = 0; time < (wish.times ?? 1); time += 1) {
      drops.push(...services.tell({ from: MIDDLE, to, ingress: 0 }, message));
    }
    return drops;
  }

  it.each<[string, IsdAs, Wish, string[]]>([
    ['by the owner', CORE_A, { from: MIDDLE, signer: MIDDLE }, []],
    ['of somebody else', CORE_A, { from: MIDDLE, signer: CORE_B }, ['renewal-unsigned']],
    [
      'with the key of somebody else',
      CORE_A,
      { from: MIDDLE, signer: MIDDLE, isOther: true },
      ['renewal-unsigned'],
    ],
    [
      'for a key that nobody has',
      CORE_A,
      { from: MIDDLE, signer: MIDDLE, unproved: true },
      ['renewal-unproved'],
    ],
    ['that is cut', CORE_A, { from: MIDDLE, signer: MIDDLE, cut: 30 }, ['renewal-malformed']],
    ['that is replayed', CORE_A, { from: MIDDLE, signer: MIDDLE, age: 400 }, ['renewal-stale']],
    ['of the future', CORE_A, { from: MIDDLE, signer: MIDDLE, age: -400 }, ['renewal-stale']],
    ['of some minutes ago', CORE_A, { from: MIDDLE, signer: MIDDLE, age: 300 }, []],
    ['once of two', CORE_A, { from: MIDDLE, signer: MIDDLE, times: 2 }, ['renewal-often']],
    ['of another ISD', CORE_A, { from: FAR, signer: FAR }, ['renewal-isd']],
    ['to an AS that is none', MIDDLE, { from: CORE_A, signer: CORE_A }, ['renewal-no-authority']],
  ])('answers a request %s', (_, to, wish, drops) => {
    expect(told(to, wish)).toEqual(drops);
  });

  it('issues a certificate although an old request was replayed, or one that never came, just before', () => {
    const services = new JoinedServices([CORE_A, CORE_B, MIDDLE], SLOW, keysOf).runTo(5);
    const tell = (age: number): string[] => {
      const message = messageOf({ from: MIDDLE, signer: MIDDLE, age });
      return services.tell({ from: MIDDLE, to: CORE_A, ingress: 0 }, message);
    };
    expect(tell(30)).toEqual([]);
    services.runTo(25);
    expect(tell(30)).toEqual(['renewal-often']);
    expect(tell(100)).toEqual(['renewal-often']);
    expect(tell(20)).toEqual([]);
    // Of two that were held back, the first is answered.
    expect(tell(10)).toEqual([]);
    expect(tell(0)).toEqual([]);
    expect(tell(0)).toEqual(['renewal-often']);
  });

  it('answers no request by a certificate that it cannot find out about', () => {
    const services = new JoinedServices([CORE_A], SLOW, keysOf);
    const request = { isdAs: LEAF, subjectKeyId: new Uint8Array(0), cms: new Uint8Array(0) };
    const message = controlRequest('renew', encodeRenewalRequest(request));
    const way = { from: MIDDLE, to: CORE_A, ingress: 0 };
    expect(services.tell(way, message)).toEqual(['renewal-unknown']);
    expect(services.tell(way, controlRequest('renew', Uint8Array.of(0xff)))).toEqual([
      'renewal-malformed',
    ]);
  });
});
