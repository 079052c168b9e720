/**
 * Exchanges what control services sign with the reference implementation: it verifies our TRCs, chains, beacons and
 * segments, and we verify its own.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import { openRandomStream } from '../../../engine/core/stream.ts';
import { createCryptoProvider } from '../../../engine/crypto/index.ts';
import { decodeProtobuf } from '../../../nodes/_kit/protobuf.ts';
import {
  type EntryKeySource,
  SegmentVerifier,
} from '../../../nodes/control-service/beacons/signatures.ts';
import { readChain } from '../../../nodes/control-service/pki/isd-material.ts';
import { decodeSignedTrc } from '../../../nodes/control-service/pki/signed-trc.ts';
import { isBaseTrc } from '../../../nodes/control-service/pki/trc.ts';
import { TrustStore } from '../../../nodes/control-service/pki/trust-store.ts';
import { decodeSignedSegment, PATH_SEGMENT } from '../../../nodes/scion/paths/segment-wire.ts';
import { describeChain, describeSegment, describeTrc } from './control-fields.ts';
import { ControlDrawer, type DrawnControl } from './draw-control.ts';
import type { ReferenceDriver } from './driver.ts';

/** Number of segments in each direction; half of them are beacons that are still on their way. */
const SEGMENTS = 1_000;
/** Number of items that the reference draws in addition to segments: a TRC, two updates and eight chains. */
const OTHERS = 11;
const SEED = 1;
const MS_PER_S = 1_000;
/** Largest number of disagreements that are printed. */
const SHOWN_MAX = 5;

interface Answer {
  readonly fields: unknown;
  readonly problem: string;
}

const crypto = createCryptoProvider('node');

/**
 * Checks both ways what control services sign, with the reference implementation; prints a line for each direction.
 * @param count Segments each way.
 */
export function checkControl(driver: ReferenceDriver, count: number = SEGMENTS): boolean {
  return [checkOurs(driver, count), checkTheirs(driver, count)].every(Boolean);
}

function checkOurs(driver: ReferenceDriver, count: number): boolean {
  // The time of day, at which certificates must be valid; the driver signs and verifies at this time too.
  const now = Math.floor(Date.now() / MS_PER_S);
  const random = openRandomStream(SEED, 'interop', 'control');
  const ours = new ControlDrawer(crypto, random, now).draw(count);
  const answers = driver.ask(['check-control'], ours) as readonly Answer[];
  const problems = ours.map(({ fields }, at) => {
    const { problem, fields: said } = answers[at] ?? { problem: 'no answer', fields: undefined };
    return problem === '' ? difference(fields, said) : problem;
  });
  return report('the reference verifies of ours', ours, problems);
}

function checkTheirs(driver: ReferenceDriver, count: number): boolean {
  const asked = ['draw-control', String(SEED), String(count)];
  const theirs = driver.ask(asked) as readonly DrawnControl[];
  const verifier = new ReceivedControl();
  const problems = theirs.map((one) => {
    const found = verifier.read(one);
    return typeof found === 'string' ? found : difference(found, one.fields);
  });
  const isWhole = theirs.length === OTHERS + count;
  return report('we verify of the reference', theirs, problems) && isWhole;
}

/** Verifies material of the reference as a control service does. */
class ReceivedControl {
  readonly #trust = new TrustStore(crypto);
  #now = 0;
  readonly #verifier = new SegmentVerifier(crypto, {
    keyOf: (question): ReturnType<EntryKeySource['keyOf']> =>
      this.#trust.keyOf(question, this.#now),
    keysOfAs: (isdAs): ReturnType<EntryKeySource['keysOfAs']> =>
      this.#trust.keysOfAs(isdAs, this.#now),
  });

  /** The fields of a TRC, chain or segment; a text with the reason if it is refused. */
  read({ kind, trc = '', as = '', ca = '', segment = '', now }: DrawnControl): unknown {
    this.#now = now;
    switch (kind) {
      case 'trc':
        return this.#readTrc(Buffer.from(trc, 'hex'));
      case 'chain':
        return this.#readChain(Buffer.from(as, 'hex'), Buffer.from(ca, 'hex'));
      case 'segment':
        return this.#readSegment(Buffer.from(segment, 'hex'));
    }
  }

  #readTrc(bytes: Uint8Array): unknown {
    const read = decodeSignedTrc(bytes);
    if (typeof read === 'string') return read;
    const isBase = isBaseTrc(read.trc);
    const refusal = isBase ? this.#trust.addBase(bytes) : this.#trust.addUpdate(bytes, this.#now);
    return refusal ?? describeTrc(read.trc);
  }

  #readChain(as: Uint8Array, ca: Uint8Array): unknown {
    const chain = readChain(as, ca);
    const isdAs = chain?.as.isdAs;
    if (chain === undefined || isdAs === undefined || isdAs === 'malformed') return 'no chain';
    const { subjectKeyId } = chain.as;
    return this.#trust.addChain({ isdAs, subjectKeyId }, chain, this.#now) ?? describeChain(chain);
  }

  #readSegment(bytes: Uint8Array): unknown {
    const encoded = decodeProtobuf(PATH_SEGMENT, bytes);
    if (typeof encoded === 'string') return encoded;
    const read = decodeSignedSegment(encoded);
    return typeof read === 'string'
      ? read
      : (this.#verifier.refusal(read) ?? describeSegment(read));
  }
}

function difference(own: unknown, other: unknown): string | undefined {
  if (isDeepStrictEqual(own, other)) return undefined;
  return `${JSON.stringify(own)} is not ${JSON.stringify(other)}`;
}

/** Prints the number of items without a problem, and the first items with one. */
function report(
  what: string,
  asked: readonly DrawnControl[],
  problems: readonly (string | undefined)[],
): boolean {
  const rightOf = (kind: DrawnControl['kind']): string => {
    const places = asked.flatMap((one, at) => (one.kind === kind ? [at] : []));
    const right = places.filter((at) => problems[at] === undefined).length;
    return `${right} of ${places.length} ${kind}s`;
  };
  console.log(`${what} ${rightOf('trc')}, ${rightOf('chain')}, ${rightOf('segment')}`);
  const bad = problems.flatMap((problem, at) => (problem === undefined ? [] : [{ problem, at }]));
  for (const { problem, at } of bad.slice(0, SHOWN_MAX)) {
    console.log(`${asked[at]?.kind} ${at}: ${problem}`);
  }
  return asked.length > 0 && bad.length === 0;
}
