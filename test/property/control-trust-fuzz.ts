/**
 * What hostile ASes can send a control service about certificates and TRCs: mutated bytes of them, requests, and answers.
 * Each ends in an answer or a named drop.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../engine/core/stream.ts';
import { decodeCertificate } from '../../nodes/control-service/pki/certificate.ts';
import { encodeSignedData, signPayload } from '../../nodes/control-service/pki/cms.ts';
import { pkiCryptoOf } from '../../nodes/control-service/pki/ecdsa.ts';
import { PROPOSAL_RETRY_S, RENEWAL_RETRY_S } from '../../nodes/control-service/pki/geometry.ts';
import { encodeRenewal } from '../../nodes/control-service/pki/renewal.ts';
import { decodeSignedTrc } from '../../nodes/control-service/pki/signed-trc.ts';
import type { Trc } from '../../nodes/control-service/pki/trc.ts';
import { nextTrcPayload, regularVoterOf } from '../../nodes/control-service/pki/trc-vote.ts';
import { Trust } from '../../nodes/control-service/trust.ts';
import {
  encodeChain,
  encodeRenewalRequest,
  encodeTrcAnswer,
  encodeTrustRequest,
} from '../../nodes/control-service/trust-messages.ts';
import type { ControlWay } from '../../nodes/control-service/ways.ts';
import { CONTROL_METHODS, controlRequest } from '../../nodes/control-service/wire.ts';
import type { IsdAs } from '../../nodes/scion/index.ts';
import { JoinedServices } from '../unit/nodes/control-service/joined-services.ts';
import {
  beaconOver,
  CORE_A,
  CORE_B,
  crypto,
  MIDDLE,
  NOW_S,
} from '../unit/nodes/control-service/small-network.ts';
import { chainOf, keysOf, MATERIAL } from '../unit/nodes/control-service/small-pki.ts';
import {
  Counted,
  fuzzMessages,
  type Messages,
  type Outcomes,
  repeat,
} from './control-service-fuzz.ts';
import { mutate } from './mutate.ts';

const SEED = 20_261_129;
/** So often everything is as at the start again, so that certificates do not end. */
const ROUND = 1_000;
/** Rounds of beacons are rare, so that hours cost little. */
const REAL = { origination: '60s', propagation: '60s', registration: '60s', signatures: 'real' };
const primitives = pkiCryptoOf(crypto);
const NAMED = /^(certificate|signed-data|trc)-/;

function trcOf(bytes: Uint8Array): Trc {
  const read = decodeSignedTrc(bytes);
  return typeof read === 'string' ? expect.fail(read) : read.trc;
}

const LATEST = trcOf(MATERIAL.get(1)!.trc);

/** The next TRC, signed by some of its two voters. */
function nextTrc(signers: readonly IsdAs[]): Uint8Array {
  const voters = [CORE_A, CORE_B].map((isdAs) => regularVoterOf(LATEST, isdAs)!);
  const payload = nextTrcPayload(LATEST, voters, { seconds: NOW_S, graceSeconds: 600 });
  const infos = signers.map((isdAs) => {
    const key = { curve: 'p256' as const, key: keysOf(isdAs).votingKey! };
    const certificate = regularVoterOf(LATEST, isdAs)!;
    return signPayload(payload, { crypto: primitives, certificate, key, seconds: NOW_S });
  });
  return encodeSignedData({ payload, signers: infos });
}

/** MIDDLE asks for its next certificate. */
function renewalRequest(): Uint8Array {
  const certificate = chainOf(MIDDLE).as;
  const cms = encodeRenewal({
    ...{ crypto: primitives, certificate, seconds: NOW_S, lifetimeSeconds: 1_800 },
    key: { curve: 'p256', key: keysOf(MIDDLE).keyOf(0) },
    newKey: { curve: 'p256', key: keysOf(MIDDLE).keyOf(1) },
  });
  return encodeRenewalRequest({ isdAs: MIDDLE, subjectKeyId: certificate.subjectKeyId, cms });
}

const { subjectKeyId } = chainOf(CORE_A).as;
const FROM_MIDDLE = { from: MIDDLE, to: CORE_A, ingress: 0 };
const REQUESTS: Messages = [
  ...(
    [
      { kind: 'chain', isdAs: CORE_A, subjectKeyId },
      { kind: 'trc', isd: 1, base: 1, serial: 1 },
    ] as const
  ).map((need) => {
    const { method, body } = encodeTrustRequest(need);
    return [FROM_MIDDLE, controlRequest(method, body)] as const;
  }),
  [FROM_MIDDLE, controlRequest('renew', renewalRequest())],
  [{ ...FROM_MIDDLE, from: CORE_B }, controlRequest('vote', nextTrc([CORE_B]))],
];

/** Bytes of certificates and TRCs, as they are read. */
function fuzzBytes(inputs: number): Readonly<Record<'read' | 'refused', number>> {
  const random = openRandomStream(SEED, 'control', 'pki');
  const [certificate, trc] = [chainOf(MIDDLE).as.bytes, nextTrc([CORE_A, CORE_B])];
  const ended = { read: 0, refused: 0 };
  repeat(inputs, () => {
    for (const read of [
      decodeCertificate(mutate(certificate, random, { header: 40 })),
      decodeSignedTrc(mutate(trc, random, { header: 100 })),
    ]) {
      if (typeof read === 'string') expect(read).toMatch(NAMED);
      ended[typeof read === 'string' ? 'refused' : 'read'] += 1;
    }
  });
  return ended;
}

const WAY = { isdAs: CORE_A, router: '10.1.0.1', ingress: 1 } as ControlWay;
const BEACON = beaconOver(CORE_A, [3]);
const CHAIN = chainAnswer(CORE_A);
const TRC = encodeTrcAnswer(nextTrc([CORE_A, CORE_B]));

function chainAnswer(isdAs: IsdAs): Uint8Array {
  const { as, ca } = chainOf(isdAs);
  return encodeChain({ as: as.bytes, ca: ca.bytes });
}

/** MIDDLE, which asks for a chain, a TRC and a certificate, and CORE_A, which asks for a vote; all answers are mutated. */
class Asking {
  readonly #random = openRandomStream(SEED, 'control', 'trust-answers');
  readonly #counted: Counted;
  #seconds = NOW_S;
  #issued: Uint8Array | undefined;
  readonly #asking = this.#trustOf(MIDDLE, (message) =>
    this.#damaged(message[0] === CONTROL_METHODS.trc ? TRC : CHAIN),
  );
  readonly #proposer = this.#trustOf(CORE_A, () => chainAnswer(MIDDLE));
  readonly #voter = this.#trustOf(CORE_B, () => chainAnswer(MIDDLE));

  constructor(counted: Counted) {
    this.#counted = counted;
  }

  ask(index: number): void {
    this.#seconds += Math.max(RENEWAL_RETRY_S, PROPOSAL_RETRY_S);
    if (index % 10 === 9) {
      this.#proposer.propose((_to, message, done) => {
        const vote = this.#voter.vote(message.subarray(1));
        done(this.#damaged(typeof vote === 'string' ? expect.fail(vote) : vote.body));
      });
    } else if (index % 3 === 0) {
      this.#asking.renew((_to, message, done) => {
        this.#issued ??= this.#issue(message.subarray(1));
        done(this.#damaged(this.#issued));
      });
    } else this.#fetch(index % 3);
  }

  /** @param trcSerial 1: its chain is not known; 2: nor is this TRC. */
  #fetch(trcSerial: number): void {
    const keyId = { isdAs: CORE_A, subjectKeyId, trcBase: 1, trcSerial };
    const signed = BEACON.signed.map((one) => ({ ...one, keyId }));
    this.#asking.fetchFor(WAY, [{ ...BEACON, signed }], () => undefined);
  }

  #issue(body: Uint8Array): Uint8Array {
    const answers: (Uint8Array | string)[] = [];
    this.#proposer.answerRenewal(WAY, body, (answer) => void answers.push(answer));
    const [issued = 'no answer'] = answers;
    return typeof issued === 'string' ? expect.fail(issued) : issued;
  }

  #damaged(answer: Uint8Array): Uint8Array {
    const changed = mutate(answer, this.#random, { header: 30 });
    return Buffer.compare(changed, answer) === 0 ? this.#damaged(answer) : changed;
  }

  #trustOf(isdAs: IsdAs, answerTo: (message: Uint8Array) => Uint8Array): Trust {
    const trcPlan = { atSeconds: NOW_S, graceSeconds: 600 };
    return new Trust({
      ...{ isdAs, crypto, seconds: (): number => this.#seconds },
      drop: (reason): void => this.#counted.add(reason),
      count: (): void => this.#counted.add('answered'),
      pki: { ...keysOf(isdAs), lifetimeSeconds: 1_800, trcPlan },
      call: (_way, message, done): void => done(answerTo(message)),
    });
  }
}

function fuzzAnswers(inputs: number): Outcomes {
  const counted = new Counted();
  let asking = new Asking(counted);
  repeat(inputs, (index) => {
    if (index % ROUND === 0) asking = new Asking(counted);
    asking.ask(index);
  });
  return counted.outcomes;
}

/** Declares the tests with so many certificates and TRCs, half as many requests, and a fifth as many answers. */
export function describeControlTrustFuzz(inputs: number): void {
  describe(`${inputs} mutated certificates and TRCs are refused by a name`, () => {
    it('as bytes', () => {
      const { read, refused } = fuzzBytes(inputs);
      expect(read + refused).toBe(2 * inputs);
      expect(Math.min(read, refused)).toBeGreaterThan(inputs / 20);
    });

    it('as requests for them, for renewals and for votes', () => {
      const joined = new JoinedServices([CORE_A, CORE_B, MIDDLE], REAL, keysOf).runTo(5);
      expect([...fuzzMessages(inputs / 2, joined, REQUESTS).keys()]).toEqual(
        expect.arrayContaining([
          'answered',
          'renewal-malformed',
          'renewal-unsigned',
          'signed-data-malformed',
          'trust-unknown',
          'vote-unsigned',
        ]),
      );
    });

    it('as answers', () => {
      expect([...fuzzAnswers(inputs / 5).keys()]).toEqual(
        expect.arrayContaining([
          'answer-malformed',
          'chain-malformed',
          'signed-data-malformed',
          'signer-signature',
          'vote-invalid',
        ]),
      );
    });
  });
}
