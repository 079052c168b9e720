/**
 * Mixnet: who is where, as provisioned: addresses, homes of clients, identifiers of recipients.
 *
 * Made once for a network and shared by its nodes, because it says the same to all. Which nodes
 * carry packets, and with which keys, is the directory's to say.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { NetworkMap } from '../../engine/host/network-view.ts';
import { toHex } from '../_kit/bytes.ts';
import { RECIPIENT_ID_LENGTH } from '../sphinx/index.ts';

/** Where a node is. */
export interface Resident {
  readonly name: string;
  readonly address: string;
  /** Names recipients in packets: 32 bytes. */
  readonly recipientId: Uint8Array;
  /** Names of the nodes that it has a link to. */
  readonly neighbours: ReadonlySet<string>;
}

/** See the module. */
export class AddressBook {
  readonly #byName = new Map<string, Resident>();
  readonly #byAddress = new Map<string, Resident>();
  readonly #byRecipient = new Map<string, Resident>();

  constructor(network: NetworkMap, crypto: CryptoProvider) {
    const neighbours = new Map(network.hosts.map(({ name }) => [name, new Set<string>()]));
    for (const { a, b } of network.links) {
      neighbours.get(a.host)?.add(b.host);
      neighbours.get(b.host)?.add(a.host);
    }
    for (const { name, address } of network.hosts) {
      const recipientId = crypto.blake2b(ascii(`orrery/recipient/v1 ${name}`), RECIPIENT_ID_LENGTH);
      const near = neighbours.get(name) ?? new Set<string>();
      const resident = { name, address, recipientId, neighbours: near };
      this.#byName.set(name, resident);
      this.#byAddress.set(address, resident);
      this.#byRecipient.set(toHex(recipientId), resident);
    }
  }

  byName(name: string): Resident | undefined {
    return this.#byName.get(name);
  }

  byAddress(address: string): Resident | undefined {
    return this.#byAddress.get(address);
  }

  /** @param recipientId 32 bytes, from the network. */
  byRecipient(recipientId: Uint8Array): Resident | undefined {
    return this.#byRecipient.get(toHex(recipientId));
  }
}

const books = new WeakMap<NetworkMap['hosts'], AddressBook>();

/** The book of a network. */
export function addressBookOf(network: NetworkMap, crypto: CryptoProvider): AddressBook {
  const known = books.get(network.hosts);
  if (known !== undefined) return known;
  const made = new AddressBook(network, crypto);
  books.set(network.hosts, made);
  return made;
}

/** Bytes of an ASCII text. */
function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
