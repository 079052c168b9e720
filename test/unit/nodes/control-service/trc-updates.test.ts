/** Updates of the TRC in the running network: who proposes, who votes, and how the others learn of it. @module */
import { describe, expect, it } from 'vitest';
import type { ControlKeys } from '../../../../nodes/control-service/keys.ts';
import type { Certificate } from '../../../../nodes/control-service/pki/certificate.ts';
import {
  encodeSignedData,
  type SignerParts,
  signPayload,
} from '../../../../nodes/control-service/pki/cms.ts';
import { pkiCryptoOf } from '../../../../nodes/control-service/pki/ecdsa.ts';
import { decodeSignedTrc } from '../../../../nodes/control-service/pki/signed-trc.ts';
import type { Trc } from '../../../../nodes/control-service/pki/trc.ts';
import { encodeTrc } from '../../../../nodes/control-service/pki/trc.ts';
import {
  nextTrcPayload,
  readProposal,
  regularVoterOf,
  signVote,
} from '../../../../nodes/control-service/pki/trc-vote.ts';
import { decodeRpcPacket } from '../../../../nodes/control-service/rpc/packet.ts';
import { CONTROL_METHODS, controlRequest } from '../../../../nodes/control-service/wire.ts';
import type { IsdAs } from '../../../../nodes/scion/index.ts';
import { JoinedServices } from './joined-services.ts';
import { CORE_A, CORE_B, CORE_C, crypto, FAR, LEAF, MIDDLE, NOW_S } from './small-network.ts';
import { ASES, keysOf, MATERIAL } from './small-pki.ts';

const REAL = { signatures: 'real' };
const AT_S = 12;
const GRACE_S = 600;

/** Keys of which `proposer` proposes a TRC after {@link AT_S}. */
function proposing(proposer: IsdAs): (isdAs: IsdAs) => ControlKeys {
  const trcPlan = { atSeconds: NOW_S + AT_S, graceSeconds: GRACE_S };
  return (isdAs) => ({ ...keysOf(isdAs), trcPlan: isdAs === proposer ? trcPlan : undefined });
}

function serialOf(services: JoinedServices, isdAs: IsdAs): unknown {
  return (services.status(isdAs)['certificates'] as { readonly serial: number }).serial;
}

/** True of a packet of a call whose message begins with the method of votes. */
function isVote(bytes: Uint8Array): boolean {
  return bytes[18] === CONTROL_METHODS.vote || bytes[31] === CONTROL_METHODS.vote;
}

describe('a TRC that is proposed', () => {
  it('is signed by the quorum, known to all who see beacons, and nothing is refused or lost meanwhile', () => {
    const services = new JoinedServices(ASES, REAL, proposing(CORE_A)).runTo(AT_S - 1);
    expect(ASES.map((isdAs) => serialOf(services, isdAs))).toEqual([1, 1, 1, 1, 1, 1]);
    for (let second = AT_S; second < 32; second += 1) {
      services.runTo(second);
      const { ups, cores, downs } = services.find(LEAF, FAR);
      expect(
        [ups, cores, downs].every(({ length }) => length > 0),
        `${second}`,
      ).toBe(true);
    }
    expect([CORE_A, CORE_B, MIDDLE, LEAF].map((isdAs) => serialOf(services, isdAs))).toEqual([
      2, 2, 2, 2,
    ]);
    // That of the other ISD is as it was.
    expect([CORE_C, FAR].map((isdAs) => serialOf(services, isdAs))).toEqual([1, 1]);
    const updates = (): number[] =>
      ASES.map((isdAs) => services.count(isdAs, 'control.trc_updates'));
    // FAR sees no beacon of that ISD, but segments when it looks some up.
    expect(ASES.filter((_, at) => updates()[at] === 1)).toEqual(ASES.filter((one) => one !== FAR));
    services.find(FAR, LEAF);
    expect(updates()).toEqual(ASES.map(() => 1));
    expect(services.drops).toEqual([]);
    const [entry] = services.find(LEAF, FAR).ups[0]!.signed;
    expect(entry?.keyId).toMatchObject({ trcBase: 1, trcSerial: 2 });
  });

  it('waits for a voter that is down, and is proposed until there is a quorum', () => {
    const services = new JoinedServices(ASES, REAL, proposing(CORE_A));
    services.onWay = ({ bytes, to }): Uint8Array | undefined =>
      isVote(bytes) && to === CORE_B ? undefined : bytes;
    services.runTo(25);
    expect([CORE_A, LEAF].map((isdAs) => serialOf(services, isdAs))).toEqual([1, 1]);
    services.onWay = ({ bytes }): Uint8Array => bytes;
    services.runTo(45);
    expect([CORE_A, LEAF].map((isdAs) => serialOf(services, isdAs))).toEqual([2, 2]);
    expect(services.drops).toEqual([]);
  });

  it('is none of an AS that does not vote', () => {
    const services = new JoinedServices([CORE_A, MIDDLE], REAL, proposing(MIDDLE)).runTo(14);
    expect(services.drops).toEqual([{ at: MIDDLE, reason: 'vote-no-voter' }]);
    const message = controlRequest('vote', Uint8Array.of(1));
    expect(services.tell({ from: CORE_A, to: MIDDLE, ingress: 0 }, message)).toEqual([
      'vote-no-voter',
    ]);
  });

  it('is not made of an answer that is no vote', () => {
    const services = new JoinedServices(ASES, REAL, proposing(CORE_A));
    let asked: number | undefined;
    services.onWay = ({ from, to, bytes }): Uint8Array => {
      const packet = decodeRpcPacket(bytes);
      if (typeof packet === 'string') expect.fail(packet);
      const { callId, fragment } = packet;
      if (isVote(bytes) && to === CORE_B) asked = callId;
      // The last byte of a vote is one of its signature.
      const isEnd = fragment !== undefined && fragment.index === fragment.count - 1;
      const isAnswer = from === CORE_B && callId === asked && isEnd;
      return isAnswer ? bytes.with(-1, (bytes.at(-1) as number) ^ 1) : bytes;
    };
    services.runTo(15);
    expect(services.dropsAt(CORE_A)).toEqual(['vote-invalid']);
    expect(serialOf(services, CORE_A)).toBe(1);
  });
});

describe('a voter', () => {
  const primitives = pkiCryptoOf(crypto);
  const signed = decodeSignedTrc(MATERIAL.get(1)!.trc);
  const { trc: latest } = typeof signed === 'string' ? expect.fail(signed) : signed;
  const [proposer, own] = [CORE_A, CORE_B].map((isdAs) => regularVoterOf(latest, isdAs)!);
  const times = { seconds: NOW_S, graceSeconds: GRACE_S };
  const votes = [proposer!, own!];

  function signerOf(isdAs: IsdAs): SignerParts {
    const key = { curve: 'p256' as const, key: keysOf(isdAs).votingKey! };
    return { crypto: primitives, certificate: regularVoterOf(latest, isdAs)!, key, seconds: NOW_S };
  }

  function verdictOf(bytes: Uint8Array): unknown {
    const read = readProposal(primitives, bytes, { latest, own: own!, seconds: NOW_S });
    return typeof read === 'string' ? read : 'agreed';
  }

  function changed(change: Partial<Trc>, certificates: readonly Certificate[]): Uint8Array {
    const content = {
      ...{ ...latest, id: { ...latest.id, serial: 2 }, notBefore: NOW_S, graceSeconds: GRACE_S },
      ...{ votes: votes.map((one) => latest.certificates.indexOf(one)), ...change },
    };
    return encodeTrc(
      content,
      certificates.map(({ bytes }) => bytes),
    );
  }

  const payload = nextTrcPayload(latest, votes, times);

  it('agrees to the same certificates for another time', () => {
    expect(verdictOf(signVote(payload, signerOf(CORE_A)))).toBe('agreed');
    expect(verdictOf(signVote(changed({}, latest.certificates), signerOf(CORE_A)))).toBe('agreed');
  });

  it.each([
    ['vote-change', 'another text', changed({ description: 'x' }, latest.certificates)],
    [
      'vote-change',
      'another order',
      changed({}, [
        ...latest.certificates.slice(0, -2),
        ...latest.certificates.slice(-2).toReversed(),
      ]),
    ],
    ['update-not-regular', 'another quorum', changed({ quorum: 1 }, latest.certificates)],
    ['update-quorum', 'one vote', nextTrcPayload(latest, [proposer!], times)],
    [
      'vote-time',
      'a time to come',
      nextTrcPayload(latest, votes, { ...times, seconds: NOW_S + 400 }),
    ],
    [
      'vote-time',
      'a long grace',
      nextTrcPayload(latest, votes, { ...times, graceSeconds: 604_801 }),
    ],
    ['update-serial', 'what there is already', latest.bytes],
  ])('refuses as %s %s', (reason, _, proposed) => {
    expect(verdictOf(signVote(proposed, signerOf(CORE_A)))).toBe(reason);
  });

  it('refuses what no voter has signed, or more than one, or falsely', () => {
    const by = (...ases: IsdAs[]): Uint8Array =>
      encodeSignedData({
        payload,
        signers: ases.map((isdAs) => signPayload(payload, signerOf(isdAs))),
      });
    expect([verdictOf(by()), verdictOf(by(CORE_A, CORE_B))]).toEqual([
      'vote-unsigned',
      'vote-unsigned',
    ]);
    const false_ = { ...signerOf(CORE_A), key: signerOf(CORE_B).key };
    expect(verdictOf(signVote(payload, false_))).toBe('signer-signature');
    expect(verdictOf(Uint8Array.of(1))).toBe('signed-data-malformed');
  });

  it('refuses what names it not among those who vote', () => {
    const about = { latest, own: latest.certificates[0]!, seconds: NOW_S };
    const proposal = signVote(payload, signerOf(CORE_A));
    expect(readProposal(primitives, proposal, about)).toBe('vote-not-asked');
  });
});
