/**
 * What a process gets that runs the nodes of some hosts: their secrets, and of all others what is
 * public.
 *
 * @module
 */
import { assert } from '../../../engine/core/assert.ts';
import type { NetworkMap, NetworkView } from '../../../engine/host/network-view.ts';
import { boundView, type ProvisionedProtocol } from './bound-view.ts';
import { ownSecret, type SecretSource } from './secret-source.ts';

/** Plain data, so that it can travel. */
export interface Parcel {
  /** For each host of the process, what its own secrets are derived from, 32 bytes. */
  readonly roots: Readonly<Record<string, Uint8Array>>;
  /** Secrets that these hosts share with others, by `protocol/purpose`. */
  readonly shared: Readonly<Record<string, Uint8Array>>;
  /** Of all hosts, by host and name. */
  readonly publicKeys: Readonly<Record<string, Readonly<Record<string, Uint8Array>>>>;
  /** By `protocol/name`. */
  readonly published: Readonly<Record<string, string>>;
}

/** What the views of such a process are made of. */
export interface ParcelUse {
  readonly parcel: Parcel;
  readonly network: NetworkMap;
  readonly protocolOf: (host: string) => ProvisionedProtocol;
}

/** The network as a host's node sees it, from what its process was handed. */
export function parcelView(host: string, use: ParcelUse): NetworkView {
  const { parcel, network, protocolOf } = use;
  const { publicKeys, published } = parcel;
  return boundView(host, {
    network,
    protocolOf,
    secrets: parcelSecrets(parcel),
    publicKeyOf: (of, name) => own(own(publicKeys, of) ?? {}, name),
    published: (name) => own(published, name),
  });
}

function parcelSecrets({ roots, shared }: Parcel): SecretSource {
  return {
    own: (host, purpose): Uint8Array => {
      const root = own(roots, host);
      assert(root !== undefined, `this process has no secrets of ${host}`);
      return ownSecret(root, purpose);
    },
    shared: (purpose): Uint8Array => {
      const secret = own(shared, purpose);
      assert(secret !== undefined, `this process has no secret ${purpose}`);
      return secret;
    },
  };
}

/** A property of a record that came from elsewhere; never one of all objects. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
