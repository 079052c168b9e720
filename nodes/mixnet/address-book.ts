/**
 * Mixnet: what every node is told in advance about all other nodes so that it can reach them:
 * address, recipient identifier and links of each node. The links of a client also determine its
 * provider.
 *
 * Built once for a network and shared by its nodes, since the content is the same for all. The
 * directory document says which nodes forward packets, and with which keys.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { NetworkMap } from '../../engine/host/network-view.ts';
import { toHex } from '../_kit/bytes.ts';
import { RECIPIENT_ID_LENGTH } from '../sphinx/index.ts';

/** A node: its address, its identifier as a recipient, and its links. */
export interface AddressBookEntry {
  readonly name: string;
  readonly address: string;
  /** The identifier by which packets name this node as their recipient: 32 bytes. */
  readonly recipientId: Uint8Array;
  /** Names of the nodes to which this node has a link. */
  readonly neighbours: ReadonlySet<string>;
}

/** The entries of all nodes of a network, found by name, address or recipient identifier. */
export class AddressBook {
  readonly #byName = new Map<string, AddressBookEntry>();
  readonly #byAddress = new Map<string, AddressBookEntry>();
  readonly #byRecipient = new Map<string, AddressBookEntry>();

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

  byName(name: string): AddressBookEntry | undefined {
    return this.#byName.get(name);
  }

  byAddress(address: string): AddressBookEntry | undefined {
    return this.#byAddress.get(address);
  }

  /** Returns the node with this recipient identifier (32 bytes, as received), or undefined. */
  byRecipient(recipientId: Uint8Array): AddressBookEntry | undefined {
    return this.#byRecipient.get(toHex(recipientId));
  }
}

const books = new WeakMap<NetworkMap['hosts'], AddressBook>();

/** Makes the address book of a network. */
export function makeAddressBook(network: NetworkMap, crypto: CryptoProvider): AddressBook {
  const known = books.get(network.hosts);
  if (known !== undefined) return known;
  const made = new AddressBook(network, crypto);
  books.set(network.hosts, made);
  return made;
}

/** Converts an ASCII text to bytes. */
function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
