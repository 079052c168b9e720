/**
 * Checks, once the options are known, that every protocol of a stack has a carrier that carries it, and that the lowest
 * protocols of a host bind different ports (docs/spec/stacking.md). Mistakes: E122, E127.
 *
 * @module
 */
import type { ConfiguredNode, NamedCarrier, Protocol } from '../../engine/host/protocol.ts';
import { memoisePerObject } from '../../engine/pure/once-per.ts';
import type { ValuePath } from '../files/locate.ts';
import type { ConfigIssueCollector } from '../files/problems.ts';
import type { ProtocolLookup } from '../files/registry.ts';
import type { ConfigSource } from '../files/source.ts';
import type { LayerSpec, Topology } from '../model.ts';
import type { LoadedTopology } from './loaded.ts';
import { type ProtocolOnHost, protocolsOnHost } from './protocols-on-host.ts';
import { isLowest } from './stack.ts';

/** Where an option was written. */
export interface OptionPlace {
  readonly source: ConfigSource;
  readonly root: ValuePath;
  readonly path: ValuePath;
}

/** What the checks of carriers and ports need. */
export interface CarrierCheckParts {
  readonly loaded: LoadedTopology;
  readonly registry: ProtocolLookup;
  readonly problems: ConfigIssueCollector;
  /** The nodes whose options are right, by the name of their protocol in files. */
  readonly nodes: ReadonlyMap<string, readonly ConfiguredNode[]>;
  /** Finds where an option was written. */
  readonly placeOf: (path: ValuePath, placed: ProtocolOnHost) => OptionPlace;
}

/**
 * A known protocol on a host, with its checked options; these are undefined if they have mistakes.
 */
interface Member {
  readonly placed: ProtocolOnHost;
  readonly protocol: Protocol;
  readonly options: { readonly data: unknown } | undefined;
}

/** A layer: its protocol, its entry of `stack`, and the protocols below it. */
interface Layer {
  readonly own: Member;
  readonly spec: LayerSpec;
  readonly below: readonly Member[];
}

/** Refuses layers without a carrier that carries them, and lowest protocols of one host that bind the same port. */
export function checkCarriers(parts: CarrierCheckParts): void {
  const { loaded, registry, problems, nodes, placeOf } = parts;
  const options = new Map(
    [...nodes].flatMap(([protocol, all]) =>
      all.map((node) => [`${node.name}/${protocol}`, { data: node.options }] as const),
    ),
  );
  for (const host of loaded.topology.hosts) {
    if (host.layers === undefined) continue;
    const members = protocolsOnHost(host).flatMap((placed): readonly Member[] => {
      const protocol = registry.protocols(placed.protocol);
      const own = options.get(`${host.name}/${placed.protocol}`);
      return protocol === undefined ? [] : [{ placed, protocol, options: own }];
    });
    for (const { own, mistake } of uncarried(host.name, members)) {
      const { message, hint } = mistake;
      if (mistake.kind === 'option') {
        const { source, path, root } = placeOf(mistake.option, own.placed);
        problems.add(source, { code: 'E122', path, part: 'value', message, hint }, root);
      } else refuse(parts, own, mistake);
    }
    for (const { own, message } of sharedPorts(host.name, members, loaded.topology)) {
      refuse(parts, own, { kind: 'run', message, hint: 'give one of them another port' });
    }
  }
}

/** Refuses an entry of `stack` at one of its keys. */
function refuse(
  { loaded: { source, scenario }, problems }: CarrierCheckParts,
  { placed: { layer } }: Member,
  { kind, message, hint }: EntryMistake,
): void {
  if (layer === undefined) return;
  const file = layer.position.file === source.file ? source : (scenario ?? source);
  const path = [...layer.path, kind];
  problems.add(file, { code: 'E127', path, part: 'value', message, hint });
}

/** What is wrong with an entry of `stack`, and at which of its keys. */
interface EntryMistake {
  readonly kind: 'on' | 'run';
  readonly message: string;
  readonly hint: string;
}

/** What is wrong with an option that names a carrier. */
interface OptionMistake {
  readonly kind: 'option';
  readonly option: NamedCarrier['option'];
  readonly message: string;
  readonly hint: string;
}

type Mistake = EntryMistake | OptionMistake;

/** The layers of a host that nothing carries, each with its first mistake. */
function uncarried(
  host: string,
  members: readonly Member[],
): readonly { readonly own: Member; readonly mistake: Mistake }[] {
  return members.flatMap((own, index) => {
    const { layer: spec } = own.placed;
    if (spec === undefined || isLowest(spec)) return [];
    const mistake = findMistake(host, { own, spec, below: members.slice(0, index) });
    return mistake === undefined ? [] : [{ own, mistake }];
  });
}

/** The first mistake of a layer; undefined if it is carried, or if options are wrong, which is reported elsewhere. */
function findMistake(host: string, { own, spec, below }: Layer): Mistake | undefined {
  const { name } = own.protocol;
  if (own.options === undefined) return undefined;
  const named = own.protocol.carriers?.(own.options.data) ?? [];
  const possible = spec.over === undefined ? below : below.filter(isCalled(spec.over));
  const names = possible.map(({ protocol }) => protocol.name);
  for (const [index, { carrier: wanted, option }] of named.entries()) {
    const carrier = possible.find(isCalled(wanted));
    const hint = `it can be carried by: ${names.join(', ')}`;
    if (carrier === undefined) {
      return {
        kind: 'option',
        option,
        message: `${wanted} does not carry ${name} on ${host}`,
        hint,
      };
    }
    if (named.findIndex((one) => one.carrier === wanted) < index) {
      return { kind: 'option', option, message: `${wanted} is named twice`, hint };
    }
    const refused = refusal(host, carrier);
    if (refused !== undefined) return { kind: 'option', option, message: refused, hint };
  }
  const next = possible.at(-1);
  if (named.length > 0 || next === undefined) return undefined;
  const lowest = below.filter(isLowestMember).map(({ protocol }) => protocol.name);
  if (spec.over === undefined && lowest.length > 1 && isLowestMember(next)) {
    const message = `${name} does not say which lowest protocol of ${host} carries it`;
    return { kind: 'run', message, hint: `say over: ${lowest.join(' or ')}` };
  }
  const refused = refusal(host, next);
  return refused === undefined
    ? undefined
    : { kind: 'on', message: refused, hint: 'narrow the pattern of on' };
}

/** Why a protocol cannot carry another one; undefined if it can. */
function refusal(host: string, { protocol, options }: Member): string | undefined {
  const { name, carries } = protocol;
  if (carries === undefined) return `${name} on ${host} carries no other protocol`;
  const isRefused = options !== undefined && carries(options.data) === undefined;
  return isRefused ? `${name} on ${host} carries no other protocol with its options` : undefined;
}

function isCalled(name: string): (member: Member) => boolean {
  return ({ protocol }) => protocol.name === name;
}

function isLowestMember({ placed: { layer } }: Member): boolean {
  return layer === undefined || isLowest(layer);
}

/** Ports of the links and segments of each host by name. */
const linkPortsOf = memoisePerObject(({ links, segments }: Topology) => {
  const ports = new Map<string, number[]>();
  const ends = links.flatMap(({ a, b }) => [a, b]);
  for (const { host, port } of [...ends, ...segments.flatMap(({ members }) => members)]) {
    const own = ports.get(host);
    if (own === undefined) ports.set(host, [port]);
    else own.push(port);
  }
  return ports;
});

/** The further lowest protocols of a host that bind a port of an earlier one. */
function sharedPorts(
  host: string,
  members: readonly Member[],
  topology: Topology,
): readonly { readonly own: Member; readonly message: string }[] {
  const lowest = members.filter(isLowestMember);
  if (lowest.length < 2) return [];
  const linkPorts = linkPortsOf(topology).get(host) ?? [];
  const owners = new Map<string, string>();
  return lowest.flatMap((own) => {
    const { protocol, options } = own;
    const bound = options && protocol.ports?.(options.data, linkPorts);
    const { udp = [], tcp = [] } = bound ?? {};
    const ports = [
      ...udp.map((port) => `UDP port ${port}`),
      ...tcp.map((port) => `TCP port ${port}`),
    ];
    const taken = ports.find((port) => owners.has(port));
    for (const port of ports) owners.set(port, owners.get(port) ?? protocol.name);
    if (taken === undefined) return [];
    return [
      { own, message: `${owners.get(taken)} and ${protocol.name} on ${host} both bind ${taken}` },
    ];
  });
}
