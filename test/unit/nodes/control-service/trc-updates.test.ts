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
import { makeIsdMaterial, pkiKeyOf } from '../../../../nodes/control-service/pki/isd-material.ts';
import { decodeSignedTrc } from '../../../../nodes/control-service/pki/signed-trc.ts';
import { decodeTrc, encodeTrc, type Trc } from '../../../../nodes/control-service/pki/trc.ts';
import {
  nextTrcPayload,
  readProposal,
  regularVoterOf,
  signVote,
} from '../../../../nodes/control-service/pki/trc-vote.ts';
import { TrustStore } from '../../../../nodes/control-service/pki/trust-store.ts';
import { decodeRpcPacket } from '../../../../nodes/control-service/rpc/packet.ts';
import { TrcUpdates } from '../../../../nodes/control-service/trc-updates.ts';
import { CONTROL_METHODS, controlRequest } from '../../../../nodes/control-service/wire.ts';
import { type IsdAs, requireIsdAs } from '../../../../nodes/scion/index.ts';
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

  function decodedOf(bytes: Uint8Array): Trc {
    const trc = decodeTrc(bytes);
    return typeof trc === 'string' ? expect.fail(trc) : trc;
  }

  it('agrees to the same certificates for another time', () => {
    expect(verdictOf(signVote(payload, signerOf(CORE_A)))).toBe('agreed');
    const { notAfter } = decodedOf(payload);
    const same = changed({ notAfter }, latest.certificates);
    expect(verdictOf(signVote(same, signerOf(CORE_A)))).toBe('agreed');
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
      'a time that has not come, until when the ISD had no TRC',
      nextTrcPayload(latest, votes, { ...times, seconds: NOW_S + 11 }),
    ],
    ['vote-time', 'an early end', changed({ notAfter: NOW_S + 1 }, latest.certificates)],
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

  it('read all of a TRC that no regular voter had signed', () => {
    const sensitive = { ...signerOf(CORE_A), certificate: latest.certificates[0]! };
    expect(verdictOf(signVote(Uint8Array.of(1), sensitive))).toBe('vote-unsigned');
    expect(verdictOf(signVote(Uint8Array.of(1), signerOf(CORE_A)))).toBe('trc-malformed');
  });

  it('signed one TRC after the other at one instant, so that nobody could follow', () => {
    const verdictAfter = (seconds: number): unknown => {
      const id = { ...latest.id, serial: 2 };
      const second = { ...latest, id, notBefore: NOW_S - seconds };
      const proposal = signVote(nextTrcPayload(second, votes, times), signerOf(CORE_A));
      const read = readProposal(primitives, proposal, {
        latest: second,
        own: own!,
        seconds: NOW_S,
      });
      return typeof read === 'string' ? read : 'agreed';
    };
    expect([0, 3_599, 3_600].map(verdictAfter)).toEqual(['vote-often', 'vote-often', 'agreed']);
  });

  it('refuses what names it not among those who vote', () => {
    const about = { latest, own: latest.certificates[0]!, seconds: NOW_S };
    const proposal = signVote(payload, signerOf(CORE_A));
    expect(readProposal(primitives, proposal, about)).toBe('vote-not-asked');
  });
});

describe('seven voters, of which four are a quorum', () => {
  const cores = [1, 2, 3, 4, 5, 6, 7].map((at) => requireIsdAs(`1-${at}`));
  const secretOf = (isdAs: IsdAs): Uint8Array => new Uint8Array(32).fill(Number(isdAs.at(-1)));
  const secrets = cores.map((isdAs) => ({ isdAs, isCore: true, secret: secretOf(isdAs) }));
  const { trc } = makeIsdMaterial(crypto, 1, secrets, NOW_S);

  /** @param taken Takes the TRCs that come about. */
  function updatesOf(isdAs: IsdAs, clock: { seconds: number }, taken: Uint8Array[]): TrcUpdates {
    const store = new TrustStore(crypto);
    expect(store.addBase(trc)).toBeUndefined();
    return new TrcUpdates({
      ...{ isdAs, crypto, store, votingKey: pkiKeyOf(crypto, secretOf(isdAs), 'regular') },
      ...{ trcPlan: { atSeconds: NOW_S, graceSeconds: GRACE_S }, seconds: () => clock.seconds },
      drop: (reason) => expect.fail(reason),
      take: (bytes) => void taken.push(bytes),
    });
  }

  it('were blocked by two that were silent, since the same neighbours were asked together', () => {
    for (const [first, second] of [
      [1, 4],
      [2, 5],
      [1, 2],
      [3, 6],
    ] as const) {
      const silent = [cores[first]!, cores[second]!];
      const clock = { seconds: NOW_S };
      const taken: Uint8Array[] = [];
      const all = new Map(cores.map((isdAs) => [isdAs, updatesOf(isdAs, clock, taken)]));
      let tries = 0;
      while (taken.length === 0 && tries < 10) {
        tries += 1;
        all.get(cores[0]!)!.propose((isdAs, message, done) => {
          if (silent.includes(isdAs)) return;
          const vote = all.get(isdAs)!.vote(message.subarray(1));
          done(typeof vote === 'string' ? expect.fail(vote) : vote.body);
        });
        clock.seconds += 10;
      }
      expect(tries).toBeLessThanOrEqual(3);
    }
  });

  it('signed again what was only sent again', () => {
    const voter = updatesOf(cores[1]!, { seconds: NOW_S }, []);
    const voteOn = (message: Uint8Array): unknown => voter.vote(message.subarray(1));
    const seen: unknown[] = [];
    updatesOf(cores[0]!, { seconds: NOW_S }, []).propose((isdAs, message) => {
      if (isdAs === cores[1]) seen.push(voteOn(message), voteOn(message.slice()));
    });
    expect(seen).toHaveLength(2);
    expect(seen[0]).toHaveProperty('body');
    expect(seen[1]).toBe(seen[0]);
  });
});
