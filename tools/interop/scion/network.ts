/**
 * The network of the packets that are exchanged with the reference implementation: two isolation domains, core links,
 * a shortcut and a peering link, so that every kind of path exists.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { deriveForwardingKey } from '../../../nodes/scion/mac.ts';
import type { Path } from '../../../nodes/scion/paths/path.ts';
import type { ScionLink, ScionTopology } from '../../../nodes/scion/paths/topology.ts';
import { type IsdAs, requireIsdAs } from '../../../nodes/scion/wire/isd-as.ts';
import { segmentIndexOfHop } from '../../../nodes/scion/wire/path.ts';

const MTU = 1_400;
const MASTER_KEY_LENGTH = 16;
const CORES = ['1-ff00:0:110', '1-64512', '2-ff00:0:210'];
const OTHERS = ['1-ff00:0:111', '1-ff00:0:112', '1-4200000001', '2-ff00:0:211', '2-ff00:0:212'];
/** The links: type and both ends as `AS#interface`; the end of the parent comes first. */
const LINKS: readonly (readonly [ScionLink['type'], string, string])[] = [
  ['core', '1-ff00:0:110#1', '1-64512#1'],
  ['core', '1-64512#2', '2-ff00:0:210#1'],
  ['core', '2-ff00:0:210#2', '1-ff00:0:110#65535'],
  ['parent-child', '1-ff00:0:110#3', '1-ff00:0:111#1'],
  ['parent-child', '1-64512#3', '1-ff00:0:111#2'],
  ['parent-child', '1-ff00:0:111#3', '1-ff00:0:112#1'],
  ['parent-child', '1-ff00:0:111#4', '1-4200000001#40000'],
  ['parent-child', '2-ff00:0:210#3', '2-ff00:0:211#1'],
  ['parent-child', '2-ff00:0:211#2', '2-ff00:0:212#1'],
  ['peer', '1-ff00:0:111#5', '2-ff00:0:211#3'],
  ['peer', '1-ff00:0:112#2', '2-ff00:0:212#2'],
];

/** The SCION network over whose paths the exchanged packets go, with forwarding keys derived from the master keys. */
export function interopTopology(crypto: CryptoProvider): ScionTopology {
  const ases = [...CORES, ...OTHERS].map((text) => {
    const isdAs = requireIsdAs(text);
    const masterKey = Buffer.from(masterKeyOf(isdAs), 'hex');
    const forwardingKey = deriveForwardingKey(crypto, masterKey);
    return { isdAs, core: CORES.includes(text), mtu: MTU, forwardingKey };
  });
  const links = LINKS.map(([type, a, b]) => ({ type, a: endOf(a), b: endOf(b), mtu: MTU }));
  return { ases, links };
}

/** The master key of an AS, in hexadecimal: its name, repeated. */
export function masterKeyOf(isdAs: IsdAs): string {
  return Buffer.alloc(MASTER_KEY_LENGTH, isdAs).toString('hex');
}

/** The master key of the AS of each hop field of a path; an AS where segments meet has two hop fields. */
export function masterKeysOf({ source, wire, interfaces }: Path): readonly string[] {
  if (wire.kind !== 'scion') return [];
  const ases = [source, ...interfaces.filter((_, at) => at % 2 === 1).map(({ isdAs }) => isdAs)];
  let as = 0;
  return wire.hops.map((_, hop) => {
    const segment = segmentIndexOfHop(wire.segmentLengths, hop);
    const isFirst = hop === 0;
    const begins = !isFirst && segment !== segmentIndexOfHop(wire.segmentLengths, hop - 1);
    const isWithinAs = begins && wire.infos[segment]?.isPeering !== true;
    if (!isFirst && !isWithinAs) as += 1;
    return masterKeyOf(ases[as] as IsdAs);
  });
}

function endOf(text: string): ScionLink['a'] {
  const [isdAs = '', ifId] = text.split('#');
  return { isdAs: requireIsdAs(isdAs), ifId: Number(ifId) };
}
