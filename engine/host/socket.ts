/**
 * Datagram sockets. Every host has an address of 127.0.0.0/8 from the address plan; a datagram
 * travels over the simulated links in `sim` and over a real UDP socket in `live`.
 *
 * @module
 */

/** A number that stands for an (address, port), so that the packet path handles no strings and objects. */
export type Endpoint = number;

/**
 * Result of `send`. `full` means that the local queue rejected the datagram, which counts as a
 * drop.
 */
export type SendResult = 'sent' | 'full';

/**
 * Called for each datagram. The bytes `buffer[offset .. offset + length)` belong to the handler during the call: it may
 * change them in place and pass the same buffer to `send`; it must copy bytes that it keeps. `dscp` is the datagram's
 * traffic class (traffic-class.ts). On real sockets the received class is not read: `dscp` is network control if the
 * socket's {@link UrgencyTest} calls the datagram urgent, else 0.
 */
// biome-ignore lint/complexity/useMaxParams: an object for each datagram would be garbage
export type DatagramHandler = (
  buffer: Uint8Array,
  offset: number,
  length: number,
  from: Endpoint,
  dscp: number,
) => void;

/**
 * Decides whether a datagram that has arrived is urgent; must not change it. Urgent are datagrams
 * that keep a network together (probes, keep-alives, handshakes). Anybody can send datagrams that look urgent,
 * so a host lets only a few urgent datagrams overtake others.
 */
export type UrgencyTest = (buffer: Uint8Array, offset: number, length: number) => boolean;

/** Options of `host.udp`. */
export interface UdpOptions {
  /** Port to bind; 0 lets the host choose from 49152 upwards. */
  readonly port: number;
  /** Address to bind; the host's own when absent. */
  readonly address?: string;
  /** Id of the link that all datagrams of this socket use; chosen by destination when absent. */
  readonly link?: string;
  readonly onDatagram: DatagramHandler;
  /** Which datagrams overtake others while they wait for the host's processor; none if absent. */
  readonly isUrgent?: UrgencyTest;
  /** Called for errors after binding (live only: unreachable, refused). */
  readonly onError?: (reason: string) => void;
}

/** A bound datagram socket. */
export interface DatagramSocket {
  readonly local: Endpoint;
  /**
   * Sends one datagram and takes ownership of the buffer, which must come from `host.alloc` or from
   * the current `onDatagram` call.
   * @param length 0..65,507 bytes.
   * @param dscp Traffic class of the datagram in the queues of links, 0..63 (traffic-class.ts); default 0.
   */
  send(buffer: Uint8Array, offset: number, length: number, to: Endpoint, dscp?: number): SendResult;
  /** Closes the socket and frees the port. */
  close(): void;
}
