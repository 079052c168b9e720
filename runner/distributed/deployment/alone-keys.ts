/**
 * The keys of nodes that run alone: derived where the keys of a deployment are made, and combined to a
 * key bundle in the process of each node (ADR 0079).
 *
 * A node's own secrets are derived from its key; secrets that it shares with others, from the
 * coordinator's key; public values of all nodes are in `public.keys`. So each process gets exactly the
 * secrets that a coordinator would send it (ADR 0020).
 *
 * @module
 */
import { createCryptoProvider } from '../../../engine/crypto/index.ts';
import type { NetworkMap } from '../../../engine/host/network-view.ts';
import type { Protocol } from '../../../engine/host/protocol.ts';
import { makeProtocolStackFinder, makeProtocolsFinder } from '../../../scenarios/open/nodes.ts';
import type { ProtocolLookup } from '../../../topologies/files/registry.ts';
import type { Topology } from '../../../topologies/model.ts';
import { sharedSecretNames } from '../../nodes/bound-view.ts';
import type { KeyBundle } from '../../nodes/key-bundle.ts';
import { networkMap } from '../../nodes/network-map.ts';
import { SecretProvisioner } from '../../nodes/provision.ts';
import { ownSecret, rootedSecrets } from '../../nodes/secret-source.ts';
import type { KeyProblem } from './deployment-key.ts';
import type { DeploymentKeys, KeyDerivation } from './deployment-keys.ts';
import { readSharedKeys } from './shared-keys.ts';

const HINT =
  'npm run node -- TOPOLOGY --new-keys FOLDER adds it; copy public.keys to every machine';

/**
 * Derives the keys that protocols need on nodes that run without a coordinator. The options of the
 * network must have been checked.
 */
export class StandaloneKeyDerivation implements KeyDerivation {
  readonly #parts: {
    readonly network: NetworkMap;
    readonly protocolsOf: (host: string) => readonly Protocol[];
  };

  constructor(topology: Topology, registry: ProtocolLookup) {
    const protocolsOf = makeProtocolsFinder(
      topology,
      makeProtocolStackFinder({ options: {} }, registry),
    );
    this.#parts = { network: networkMap(topology, protocolsOf), protocolsOf };
  }

  valuesOf(node: string, secret: Uint8Array): ReadonlyMap<string, Uint8Array> {
    const root = rootedSecrets(secret).rootOf(node);
    const provision = new SecretProvisioner({
      ...this.#parts,
      // Only values of this node are derived here.
      secrets: {
        own: (_, purpose): Uint8Array => ownSecret(root, purpose),
        shared: (): Uint8Array => root,
      },
      crypto: createCryptoProvider('node', { timing: 'constant' }),
      ...{ seed: 0, seconds: 0, durationNs: 0 },
    });
    const all = provision.publicKeysOf(node);
    return new Map(
      all.flatMap(([owner, values]) =>
        Object.entries(values).map(([name, value]) => [`${owner}/${name}`, value] as const),
      ),
    );
  }

  sharedOf(node: string, coordinator: Uint8Array): ReadonlyMap<string, Uint8Array> {
    const secrets = rootedSecrets(coordinator);
    const names = sharedSecretNames(node, this.#parts);
    return new Map(names.map((name) => [name, secrets.shared(name)]));
  }

  /**
   * The key bundle for the process of a node.
   * @param folder Folder of keys, absolute.
   */
  bundleOf(node: string, keys: DeploymentKeys, folder: string): KeyBundle | KeyProblem {
    const values = this.#publicKeys(keys);
    if ('code' in values) return values;
    const shared = readSharedKeys(folder, node, sharedSecretNames(node, this.#parts));
    if ('code' in shared) return shared;
    return {
      roots: { [node]: rootedSecrets(keys.secret).rootOf(node) },
      shared: Object.fromEntries(shared),
      publicKeys: Object.fromEntries(values),
      published: {},
    };
  }

  /** Public values of all nodes by `host/protocol`, in the form of a key bundle. */
  #publicKeys({ values }: DeploymentKeys): ReadonlyMap<string, Values> | KeyProblem {
    const found = new Map<string, Values>();
    const { network, protocolsOf } = this.#parts;
    for (const { name: host } of network.hosts) {
      for (const { name: protocol, provisioning } of protocolsOf(host)) {
        const owner = `${host}/${protocol}`;
        const names = Object.keys(provisioning?.publicKeys ?? {});
        const lacking = names.find((name) => !values.has(`${owner}/${name}`));
        if (lacking !== undefined) {
          const message = `public.keys has no public value ${owner}/${lacking}`;
          return { code: 'E116', message, hint: HINT };
        }
        const own = names.map((name) => [name, values.get(`${owner}/${name}`) as Uint8Array]);
        found.set(owner, Object.fromEntries(own));
      }
    }
    return found;
  }
}

type Values = Readonly<Record<string, Uint8Array>>;
