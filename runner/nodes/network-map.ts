/**
 * The topology as nodes see it, without keys.
 *
 * @module
 */
import type {
  HostView,
  LinkEndView,
  LinkView,
  NetworkMap,
  PlannedContacts,
} from '../../engine/host/network-view.ts';
import type { LinkDirectionSpec } from '../../engine/net/link-spec.ts';
import type { LayerSpec, LinkEnd, Topology } from '../../topologies/model.ts';

/** The part of a topology that nodes see. */
export type MappedTopology = Pick<Topology, 'hosts' | 'links' | 'areas'>;

/**
 * Makes the map of the network of a run, which all its nodes share.
 * @param protocolsOf All protocols of a host by its name, the lowest first.
 */
export function networkMap(
  topology: MappedTopology,
  protocolsOf: (host: string) => readonly { readonly name: string }[] = () => [],
): NetworkMap {
  const address = new Map(topology.hosts.map((host) => [host.name, host.address]));
  const end = ({ host, port, attributes }: LinkEnd): LinkEndView => ({
    host,
    address: address.get(host) ?? '',
    port,
    ...(attributes === undefined ? {} : { attributes }),
  });
  return {
    hosts: topology.hosts.map(({ name, address: at, protocol, layers, area, outside }) => ({
      name,
      address: at,
      protocol,
      stack: [
        protocol,
        ...protocolsOf(name)
          .slice(1)
          .map((layer) => layer.name),
      ],
      ...carriersOf(layers),
      ...(area === undefined ? {} : { area }),
      ...(outside === undefined
        ? {}
        : { program: { address: outside.program, ports: outside.ports } }),
    })),
    links: topology.links.map((link) => ({
      id: link.id,
      a: end(link.a),
      b: end(link.b),
      ...(link.attributes === undefined ? {} : { attributes: link.attributes }),
      mtu: Math.min(link.forward.mtu ?? 65_535, link.backward.mtu ?? 65_535),
      delayNs: link.forward.delayNs,
      rateBps: link.forward.rateBps,
      ...contactsOf(link.forward, link.backward),
    })),
    areas: topology.areas,
  };
}

/** The carriers of each layer, as the entries of `stack` name them. */
function carriersOf(layers: readonly LayerSpec[] = []): Pick<HostView, 'over'> {
  const over = layers.flatMap(({ name, over: carrier }) =>
    carrier === undefined ? [] : [[name, carrier] as const],
  );
  return over.length === 0 ? {} : { over: Object.fromEntries(over) };
}

/** Planned contacts of both directions; nodes must not see how contacts really happen (`actual:`). */
function contactsOf(
  forward: LinkDirectionSpec,
  backward: LinkDirectionSpec,
): Pick<LinkView, 'contacts'> {
  const aToB = planOf(forward);
  const bToA = planOf(backward);
  if (aToB === undefined && bToA === undefined) return {};
  return {
    contacts: {
      ...(aToB === undefined ? {} : { aToB }),
      ...(bToA === undefined ? {} : { bToA }),
    },
  };
}

function planOf({ contacts, rateBps, delayNs }: LinkDirectionSpec): PlannedContacts | undefined {
  if (contacts === undefined) return undefined;
  const { windows, periodNs } = contacts;
  return {
    windows: windows.map((window) => ({
      startNs: window.startNs,
      endNs: window.endNs,
      rateBps: window.rateBps ?? rateBps,
      delayNs: window.delayNs ?? delayNs,
    })),
    ...(periodNs === undefined ? {} : { periodNs }),
  };
}
