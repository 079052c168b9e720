/**
 * What our control services make, for the reference to check: TRCs with updates, the chains of all ASes, and segments and
 * beacons that they sign.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { Random } from '../../../engine/host/random.ts';
import { toHex } from '../../../nodes/_kit/bytes.ts';
import { encodeProtobuf } from '../../../nodes/_kit/protobuf.ts';
import {
  type EntrySigner,
  SegmentExtender,
} from '../../../nodes/control-service/beacons/extender.ts';
import { encodeSignedData, signPayload } from '../../../nodes/control-service/pki/cms.ts';
import { pkiCryptoOf } from '../../../nodes/control-service/pki/ecdsa.ts';
import {
  type AsSecret,
  type IsdMaterial,
  makeIsdMaterial,
  pkiKeyOf,
  subjectOf,
} from '../../../nodes/control-service/pki/isd-material.ts';
import { type Issuer, makeCertificate } from '../../../nodes/control-service/pki/issue.ts';
import type { CertificateKind } from '../../../nodes/control-service/pki/profile.ts';
import { decodeSignedTrc } from '../../../nodes/control-service/pki/signed-trc.ts';
import { encodeTrc, type Trc, type TrcContent } from '../../../nodes/control-service/pki/trc.ts';
import type { ControlInterface } from '../../../nodes/control-service/surroundings.ts';
import { HopAuthenticator } from '../../../nodes/scion/mac.ts';
import {
  emptySignedSegment,
  makeEncodedSegment,
  PATH_SEGMENT,
  type SignedSegment,
} from '../../../nodes/scion/paths/segment-wire.ts';
import type { StaticInfo } from '../../../nodes/scion/paths/static-info.ts';
import { listAdjacencies, type ScionAs } from '../../../nodes/scion/paths/topology.ts';
import { type IsdAs, readIsd, requireIsdAs } from '../../../nodes/scion/wire/isd-as.ts';
import { describeChain, describeSegment, describeTrc } from './control-fields.ts';
import { interopTopology } from './network.ts';

/** One item for the reference to check, and the fields that it should report. */
export interface DrawnControl {
  readonly kind: 'trc' | 'chain' | 'segment';
  readonly fields: unknown;
  readonly trc?: string;
  readonly as?: string;
  readonly ca?: string;
  readonly segment?: string;
  readonly isBeacon?: boolean;
  /** Seconds since 1970. */
  readonly now: number;
}

type Owned = Required<Issuer>;

const DAY_S = 86_400;
const SEGMENT_AGE_S_MAX = 3_000;
const SEGMENT_ASES_MAX = 6;
const ISDS = [1, 2];
const SECRET_LENGTH = 32;
const UINT16_VALUES = 0x1_0000;
const EXP_TIME_VALUES = 64;

/** Makes the material of a network at an instant; the same random stream gives the same bytes. */
export class ControlDrawer {
  readonly #crypto: CryptoProvider;
  readonly #random: Random;
  readonly #now: number;
  readonly #ases: readonly ScionAs[];
  readonly #secrets: ReadonlyMap<IsdAs, AsSecret>;
  readonly #materials: ReadonlyMap<number, IsdMaterial>;
  readonly #extenders = new Map<IsdAs, SegmentExtender>();
  readonly #interfaces = new Map<IsdAs, ReadonlyMap<number, ControlInterface>>();

  /** @param now Seconds since 1970. */
  constructor(crypto: CryptoProvider, random: Random, now: number) {
    this.#crypto = crypto;
    this.#random = random;
    this.#now = now;
    const topology = interopTopology(crypto);
    this.#ases = topology.ases;
    this.#secrets = new Map(
      topology.ases.map(({ isdAs, core: isCore }) => {
        const secret = Uint8Array.from({ length: SECRET_LENGTH }, () => random.below(256));
        return [isdAs, { isdAs, isCore, secret }];
      }),
    );
    this.#materials = new Map(
      ISDS.map((isd) => {
        const own = [...this.#secrets.values()].filter(({ isdAs }) => readIsd(isdAs) === isd);
        return [isd, makeIsdMaterial(crypto, isd, own, now)];
      }),
    );
    for (const [isdAs, links] of listAdjacencies(topology)) {
      const interfaces = links.map(
        ({ ifId, neighbourIs: relation, neighbour, mtu }): ControlInterface => ({
          ...{ ifId, mtu, relation, router: '' },
          ...{ neighbour: neighbour.isdAs, neighbourIfId: neighbour.ifId },
        }),
      );
      this.#interfaces.set(isdAs, new Map(interfaces.map((one) => [one.ifId, one])));
    }
    for (const as of topology.ases) this.#extenders.set(as.isdAs, this.#extenderOf(as));
  }

  /** Makes all items. Updates of TRCs come last, because one of them replaces the root of the chains before. */
  draw(segments: number): readonly DrawnControl[] {
    const now = this.#now;
    const first = [...this.#materials.values()].map(({ trc }) => this.#trc(trc));
    const chains = [...this.#materials.values()].flatMap((material) =>
      [...material.chains.values()].map((chain): DrawnControl => {
        const [as, ca] = [toHex(chain.as.bytes), toHex(chain.ca.bytes)];
        return { kind: 'chain', as, ca, now, fields: describeChain(chain) };
      }),
    );
    const drawn = Array.from({ length: segments }, (_, at): DrawnControl => {
      const isBeacon = at % 2 === 0;
      const made = this.#segment(isBeacon);
      const segment = toHex(encodeProtobuf(PATH_SEGMENT, makeEncodedSegment(made)));
      return { kind: 'segment', segment, isBeacon, now, fields: describeSegment(made) };
    });
    return [...first, ...chains, ...drawn, ...this.#updates().map((bytes) => this.#trc(bytes))];
  }

  #trc(bytes: Uint8Array): DrawnControl {
    const read = decodeSignedTrc(bytes);
    if (typeof read === 'string') throw new Error(read);
    return { kind: 'trc', trc: toHex(bytes), now: this.#now, fields: describeTrc(read.trc) };
  }

  /**
   * Two updates of the TRC: a regular one that replaces a root, and a sensitive one with another voter and core AS.
   */
  #updates(): readonly Uint8Array[] {
    const base = decodeSignedTrc((this.#materials.get(1) as IsdMaterial).trc);
    if (typeof base === 'string') throw new Error(base);
    const { trc } = base;
    const ownersOf = (kind: CertificateKind): readonly Owned[] =>
      trc.certificates.filter((one) => one.kind === kind).map((one) => this.#ownerOf(one));
    const [sensitive, regular, roots] = [
      ownersOf('sensitive'),
      ownersOf('regular'),
      ownersOf('root'),
    ];
    const [oldRoot, ...otherRoots] = roots as [Owned, ...Owned[]];
    const newRoot = this.#own('root', oldRoot.certificate.isdAs as IsdAs, trc);
    const changed = { ...trc, id: { ...trc.id, serial: 2 }, notBefore: this.#now };
    const content = { ...changed, graceSeconds: DAY_S, votes: this.#placesOf(trc, regular) };
    const members = [...sensitive, ...regular, newRoot, ...otherRoots];
    const second = this.#sign(content, members, [...regular, oldRoot]);
    const third = requireIsdAs('1-ff00:0:111');
    const newVoter = this.#own('regular', third, trc);
    const last: TrcContent = {
      ...{ ...content, id: { ...trc.id, serial: 3 }, votes: this.#placesOf(trc, sensitive) },
      coreAses: [...trc.coreAses, third],
    };
    const others = [...sensitive, ...regular, newVoter, newRoot, ...otherRoots];
    return [second, this.#sign(last, others, [...sensitive, newVoter])];
  }

  #placesOf(trc: Trc, owners: readonly Owned[]): readonly number[] {
    return owners.map(({ certificate }) => trc.certificates.indexOf(certificate));
  }

  #ownerOf(certificate: Owned['certificate']): Owned {
    const { secret } = this.#secrets.get(certificate.isdAs as IsdAs) as AsSecret;
    const key = pkiKeyOf(this.#crypto, secret, certificate.kind);
    return { key: { curve: 'p256', key }, certificate };
  }

  /** A certificate with the next key of an AS for this purpose. */
  #own(kind: CertificateKind, isdAs: IsdAs, { notBefore, notAfter }: Trc): Owned {
    const as = this.#secrets.get(isdAs) as AsSecret;
    const key = { curve: 'p256' as const, key: pkiKeyOf(this.#crypto, as.secret, kind, 1) };
    const subject = subjectOf(as, kind, key.key, { notBefore, notAfter });
    return { key, certificate: makeCertificate(pkiCryptoOf(this.#crypto), subject, { key }) };
  }

  #sign(content: TrcContent, members: readonly Owned[], signers: readonly Owned[]): Uint8Array {
    const certificates = members.map(({ certificate }) => certificate.bytes);
    const payload = encodeTrc(content, certificates);
    const crypto = pkiCryptoOf(this.#crypto);
    const seconds = this.#now;
    const infos = signers.map(({ key, certificate }) =>
      signPayload(payload, { crypto, certificate, key, seconds }),
    );
    return encodeSignedData({ payload, signers: infos });
  }

  #extenderOf({ isdAs, mtu, forwardingKey }: ScionAs): SegmentExtender {
    const chain = this.#materials.get(readIsd(isdAs))?.chains.get(isdAs);
    const { secret } = this.#secrets.get(isdAs) as AsSecret;
    if (chain === undefined) throw new Error(`${isdAs} has no chain`);
    const { subjectKeyId, notAfter } = chain.as;
    const keyId = { isdAs, subjectKeyId, trcBase: 1, trcSerial: 1 };
    const key = pkiKeyOf(this.#crypto, secret, 'as');
    return new SegmentExtender({
      ...{ isdAs, mtu, expTime: this.#random.below(EXP_TIME_VALUES) },
      interfaces: this.#interfaces.get(isdAs) ?? new Map(),
      hops: new HopAuthenticator(this.#crypto.aesCmac(forwardingKey)),
      signer: (): EntrySigner => ({ key, keyId, notAfter }),
      seconds: (): number => this.#now,
      announced: (): StaticInfo | undefined =>
        this.#random.below(2) === 0 ? undefined : this.#staticInfo(),
    });
  }

  /** A segment from a core AS over random ASes. A beacon also names the AS to which it is sent. */
  #segment(isBeacon: boolean): SignedSegment {
    const origin = this.#one(this.#ases.filter(({ core }) => core)).isdAs;
    const timestamp = this.#now - this.#random.below(SEGMENT_AGE_S_MAX);
    let made = emptySignedSegment(this.#random.below(UINT16_VALUES), timestamp);
    let at = { isdAs: origin, ingress: 0 };
    // A beacon that has just left its origin has one entry; a segment has at least two.
    const least = isBeacon ? 1 : 2;
    const length = least + this.#random.below(SEGMENT_ASES_MAX);
    for (let index = 1; index <= length; index += 1) {
      const { isdAs, ingress } = at;
      const links = [...(this.#interfaces.get(isdAs)?.values() ?? [])];
      const onward = links.filter(({ ifId, relation }) => relation !== 'peer' && ifId !== ingress);
      const out = this.#one(onward.length === 0 ? links : onward);
      const isLast = index === length || onward.length === 0;
      const egress = isLast && !isBeacon ? 0 : out.ifId;
      made = this.#extend(made, { isdAs, ingress, egress });
      if (isLast) break;
      at = { isdAs: out.neighbour, ingress: out.neighbourIfId };
    }
    return made;
  }

  #extend(
    before: SignedSegment,
    { isdAs, ingress, egress }: { isdAs: IsdAs; ingress: number; egress: number },
  ): SignedSegment {
    const extender = this.#extenders.get(isdAs);
    if (extender === undefined) throw new Error(`${isdAs} is not in the network`);
    return extender.extend(before, ingress, egress);
  }

  #staticInfo(): StaticInfo {
    const ifId = (): number => 1 + this.#random.below(UINT16_VALUES - 1);
    const values = (): StaticInfo['carbon'] => ({
      intra: new Map([[ifId(), this.#random.u32()]]),
      inter: new Map([[ifId(), this.#random.u32()]]),
    });
    const degrees = (most: number): number => Math.fround((2 * this.#random.uniform() - 1) * most);
    const place = { latitude: degrees(90), longitude: degrees(180), address: 'Zürich' };
    return {
      ...{ latencyUs: values(), bandwidthKbps: values(), carbon: values() },
      geo: new Map([[ifId(), place]]),
      linkTypes: new Map([[ifId(), 1 + this.#random.below(3)]]),
      internalHops: new Map([[ifId(), this.#random.u32()]]),
      note: 'a note',
    };
  }

  #one<T>(items: readonly T[]): T {
    return items[this.#random.below(items.length)] as T;
  }
}
