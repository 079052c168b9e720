/**
 * Provisioning: gives each node its view of the network, and each process its key bundle. All secrets
 * of a run come from here (ADR 0020).
 *
 * @module
 */
import { openRandomStream } from '../../engine/core/stream.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { NetworkMap, NetworkView } from '../../engine/host/network-view.ts';
import {
  hostNetworkView,
  type NetworkViewParts,
  type ProvisionedProtocol,
  sharedSecretNames,
} from './bound-view.ts';
import type { KeyBundle } from './key-bundle.ts';
import type { SecretSource } from './secret-source.ts';
import { networkSeenBy } from './seen-network.ts';

/** What provisioning needs, including the source of all secrets of a run. */
export interface SecretProvisionerOptions {
  readonly network: NetworkMap;
  /** All protocols of a host, the lowest first. */
  readonly protocolsOf: (host: string) => readonly ProvisionedProtocol[];
  readonly secrets: SecretSource;
  readonly crypto: CryptoProvider;
  /** The seed for published values; no secret depends on it. */
  readonly seed: number;
  /** Calendar time at which the nodes start, Unix seconds. */
  readonly seconds: number;
  readonly durationNs: number;
}

/** Gives each node its view of the network, and each process its key bundle. */
export class SecretProvisioner {
  readonly #options: SecretProvisionerOptions;
  readonly #publicKeys = new Map<string, Uint8Array>();
  #published: ReadonlyMap<string, string> | undefined;
  /** The data that the views of all nodes share. */
  #parts: NetworkViewParts | undefined;

  constructor(options: SecretProvisionerOptions) {
    this.#options = options;
  }

  /**
   * Makes the view of the network for the node of a host.
   * @param layer Name of the layer that gets the view; absent for the lowest protocol.
   */
  viewOf(host: string, layer?: string): NetworkView {
    this.#parts ??= {
      ...this.#options,
      publicKeyOf: (of, protocol, name): Uint8Array | undefined =>
        this.#publicKey(of, protocol, name),
      published: (name): string | undefined => this.#publications.get(name),
    };
    return hostNetworkView(host, this.#parts, layer);
  }

  /**
   * Makes the key bundle of a process that runs the nodes of these hosts, with only the secrets
   * that these hosts need.
   * @param rootOf Gives the root of a host's own secrets.
   */
  bundle(hosts: readonly string[], rootOf: (host: string) => Uint8Array): KeyBundle {
    const { network, secrets } = this.#options;
    const shared = new Set(hosts.flatMap((host) => sharedSecretNames(host, this.#options)));
    return {
      roots: Object.fromEntries(hosts.map((host) => [host, rootOf(host)])),
      shared: Object.fromEntries([...shared].map((name) => [name, secrets.shared(name)])),
      publicKeys: Object.fromEntries(network.hosts.flatMap(({ name }) => this.publicKeysOf(name))),
      published: Object.fromEntries(this.#publications),
    };
  }

  /** Public values of a host, by `host/protocol`. */
  publicKeysOf(host: string): readonly (readonly [string, Readonly<Record<string, Uint8Array>>])[] {
    return this.#options.protocolsOf(host).map(({ name: protocol, provisioning }) => {
      const keys = Object.keys(provisioning?.publicKeys ?? {}).flatMap((name) => {
        const key = this.#publicKey(host, protocol, name);
        return key === undefined ? [] : [[name, key] as const];
      });
      return [`${host}/${protocol}`, Object.fromEntries(keys)];
    });
  }

  #publicKey(host: string, protocol: string, name: string): Uint8Array | undefined {
    const key = `${host}/${protocol}/${name}`;
    const known = this.#publicKeys.get(key);
    if (known !== undefined) return known;
    const { secrets, crypto, protocolsOf } = this.#options;
    const owner = protocolsOf(host).find((one) => one.name === protocol);
    const publicKeys = owner?.provisioning?.publicKeys ?? {};
    const make = Object.hasOwn(publicKeys, name) ? publicKeys[name] : undefined;
    const made = make?.(secrets.own(host, `${protocol}/${name}`), crypto);
    if (made !== undefined) this.#publicKeys.set(key, made);
    return made;
  }

  get #publications(): ReadonlyMap<string, string> {
    this.#published ??= new Map(this.#publish());
    return this.#published;
  }

  #publish(): (readonly [string, string])[] {
    const { network, secrets, seed, protocolsOf } = this.#options;
    const protocols = new Set(network.hosts.flatMap(({ name }) => protocolsOf(name)));
    return [...protocols].flatMap(({ name: protocol, provisioning }) => {
      const texts = provisioning?.publish?.({
        ...this.#options,
        network: networkSeenBy(protocol, network, protocolsOf),
        shared: (purpose) => secrets.shared(`${protocol}/${purpose}`),
        random: (purpose) => openRandomStream(seed, `provisioning/${protocol}`, purpose),
      });
      return Object.entries(texts ?? {}).map(
        ([name, text]) => [`${protocol}/${name}`, text] as const,
      );
    });
  }
}
