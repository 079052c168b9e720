/**
 * The protocols of a host, each with the options of its file.
 *
 * @module
 */
import type { HostSpec, LayerSpec } from '../model.ts';

/** A protocol on a host: the lowest one, or a layer above it. */
export interface ProtocolOnHost {
  /** Name of the host. */
  readonly name: string;
  readonly protocol: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** The layer; absent for the lowest protocol. */
  readonly layer?: LayerSpec;
}

/** All protocols of a host, the lowest first. */
export function protocolsOnHost(
  host: Pick<HostSpec, 'name' | 'protocol' | 'options' | 'layers'>,
): readonly [ProtocolOnHost, ...ProtocolOnHost[]] {
  const { name, layers = [] } = host;
  return [
    { name, protocol: host.protocol, options: host.options },
    ...layers.map((layer) => {
      const { protocol, options } = layer;
      return { name, protocol, options, layer };
    }),
  ];
}
