/**
 * The key bundle of a process that runs the nodes of some hosts: their secrets, and the public values
 * of all hosts.
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import type { NetworkMap, NetworkView } from '../../engine/host/network-view.ts';
import { hostNetworkView, type ProvisionedProtocol } from './bound-view.ts';
import { ownSecret, type SecretSource } from './secret-source.ts';

/** All key material that one process of a run needs, as plain data that can be sent to it. */
export interface KeyBundle {
  /** For each host of the process, the root from which its own secrets are derived, 32 bytes. */
  readonly roots: Readonly<Record<string, Uint8Array>>;
  /** Secrets that these hosts share with others, by `protocol/purpose`. */
  readonly shared: Readonly<Record<string, Uint8Array>>;
  /** Public values of all hosts, by `host/protocol` and name. */
  readonly publicKeys: Readonly<Record<string, Readonly<Record<string, Uint8Array>>>>;
  /** Values that protocols publish before a run, by `protocol/name`. */
  readonly published: Readonly<Record<string, string>>;
}

/** The data from which a process that has a key bundle makes the views of its nodes. */
export interface KeyBundleViewParts {
  readonly bundle: KeyBundle;
  readonly network: NetworkMap;
  /** All protocols of a host, the lowest first. */
  readonly protocolsOf: (host: string) => readonly ProvisionedProtocol[];
}

/**
 * Makes the view of the network for the node of `host`, with the keys in the bundle of its process.
 * @param layer Name of the layer that gets the view; absent for the lowest protocol.
 */
export function keyBundleView(host: string, use: KeyBundleViewParts, layer?: string): NetworkView {
  const { bundle, ...rest } = use;
  const { publicKeys, published } = bundle;
  const parts = {
    ...rest,
    secrets: bundleSecrets(bundle),
    publicKeyOf: (of: string, protocol: string, name: string): Uint8Array | undefined =>
      own(own(publicKeys, `${of}/${protocol}`) ?? {}, name),
    published: (name: string): string | undefined => own(published, name),
  };
  return hostNetworkView(host, parts, layer);
}

function bundleSecrets({ roots, shared }: KeyBundle): SecretSource {
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

/** Reads an own property of an untrusted record, never one inherited from Object. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
