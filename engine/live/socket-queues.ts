/**
 * How long datagrams have waited in the kernel's receive buffers, and which of them come too late.
 *
 * A receive buffer is a FIFO queue with a limit in bytes. The kernel reveals neither its length nor
 * the age of its content. But libuv reads at most 32 datagrams from a socket in each turn of the
 * event loop. So a socket that gave fewer is empty, and a socket that gives 32 in turn after turn
 * has a standing queue (RFC 8289 section 3.1). Such a socket sends a datagram to itself at
 * intervals, the mark. When the mark has been read, all datagrams still in the socket arrived after
 * the mark was sent. So all datagrams in a socket arrived after the later of two instants: when the
 * socket was last empty, and when the last mark that was read was sent. If that instant is more
 * than 100 ms ago, the datagrams that are read are late: they are dropped before a node sees them,
 * unless they are urgent (ADR 0033).
 *
 * Waiting is measured in time in which the process ran; a pause of the process counts as at most 20
 * ms. So a pause alone makes no datagram late, and datagrams that arrived during a pause are
 * served.
 *
 * A socket without a standing queue costs a comparison and a count per datagram; a clock is read
 * once in each turn in which some socket has a standing queue.
 *
 * @module
 */
import { randomFillSync } from 'node:crypto';
import type { WallClock } from './live-clock.ts';

/**
 * Largest number of datagrams that libuv reads from a socket before it turns to the next socket (uv__udp_recvmsg): a
 * socket that gave this number may hold more.
 */
const READ_AT_ONCE = 32;
/** Waiting time in a standing queue above which datagrams are late, ns: above the usual wait in gateways (ADR 0025). */
const LATE_NS = 100_000_000;
/** Largest part of one turn of the event loop that counts as running time, ns: a longer turn contains a pause. */
const PAUSE_COUNTS_NS = 20_000_000;
/** Running time between two marks of a socket, ns; also the largest error of the measured age of its queue. */
const MARK_EVERY_NS = 2_000_000;
/** Length of the random number at the start of a mark, bytes; nobody else can guess it. */
const NONCE_BYTES = 16;
/** Length of a mark, bytes: the random number, then the running time of sending. */
const MARK_BYTES = NONCE_BYTES + 8;

/** The queue in the receive buffer of one socket. */
export class SocketQueue {
  /** True while the datagrams that are read from the socket have waited too long. */
  isLate = false;
  /** True while the socket has a standing queue. */
  isStanding = false;
  /** All datagrams in the socket arrived after this instant of running time, ns. */
  freshNs = 0;
  /** When the last mark was sent, running time, ns. */
  markedNs = Number.NEGATIVE_INFINITY;
  /**
   * The last turn in which the socket gave {@link READ_AT_ONCE} datagrams, and the turn since which it has done so in
   * each turn.
   */
  fullTurn = -1;
  sinceTurn = -1;
  readonly sendMark: (mark: Uint8Array) => void;

  /** @param sendMark Sends a mark to this socket. */
  constructor(sendMark: (mark: Uint8Array) => void) {
    this.sendMark = sendMark;
  }
}

/** The queues of all sockets of one event loop. */
export class SocketQueues {
  readonly #clock: WallClock;
  readonly #nonce = randomFillSync(new Uint8Array(NONCE_BYTES));
  readonly #standing: SocketQueue[] = [];
  /** The socket that was read last, and how many datagrams it gave in a row. */
  #last: SocketQueue | undefined;
  #inRow = 0;
  #isBacklogged = false;
  /** Number of turns of the event loop in which some socket had a standing queue. */
  #turn = 0;
  #isFollowing = false;
  #runNs = 0;
  #lookedAtNs = 0;

  constructor(clock: WallClock) {
    this.#clock = clock;
  }

  /**
   * True if, since the last call, a socket gave as many datagrams as libuv reads at a time; called
   * between the reads of two turns.
   */
  takeBacklog(): boolean {
    const found = this.#isBacklogged;
    this.#isBacklogged = false;
    this.#inRow = 0;
    return found;
  }

  // hot: once per datagram and hop.
  /** Notes that a datagram was read; returns true if it is a mark, which no node must see. */
  read(queue: SocketQueue, bytes: Uint8Array): boolean {
    this.#inRow = queue === this.#last ? this.#inRow + 1 : 1;
    this.#last = queue;
    if (this.#inRow >= READ_AT_ONCE) this.#noteFull(queue);
    return bytes.length === MARK_BYTES && this.#takeMark(queue, bytes);
  }

  #noteFull(queue: SocketQueue): void {
    this.#isBacklogged = true;
    queue.fullTurn = this.#turn;
    if (!this.#isFollowing) {
      this.#isFollowing = true;
      this.#lookedAtNs = this.#clock.now();
      setImmediate(() => this.#endTurn());
    }
    if (queue.isStanding) return;
    queue.isStanding = true;
    queue.sinceTurn = this.#turn;
    queue.freshNs = this.#runNs;
    this.#standing.push(queue);
  }

  /** Called after all sockets have been read, in each turn in which some queue is standing. */
  #endTurn(): void {
    const now = this.#clock.now();
    this.#runNs += Math.min(PAUSE_COUNTS_NS, Math.max(0, now - this.#lookedAtNs));
    this.#lookedAtNs = now;
    this.#inRow = 0;
    let kept = 0;
    for (const queue of this.#standing) {
      if (!this.#stands(queue)) continue;
      this.#standing[kept] = queue;
      kept += 1;
    }
    this.#standing.length = kept;
    this.#turn += 1;
    this.#isFollowing = kept > 0;
    if (this.#isFollowing) setImmediate(() => this.#endTurn());
  }

  #stands(queue: SocketQueue): boolean {
    queue.isStanding = queue.fullTurn === this.#turn;
    queue.isLate = queue.isStanding && this.#runNs - queue.freshNs > LATE_NS;
    // One such turn alone proves nothing, because its datagrams may have been read in several turns
    // of the event loop.
    const isSure = queue.isStanding && queue.sinceTurn < this.#turn;
    if (isSure && this.#runNs - queue.markedNs >= MARK_EVERY_NS) this.#mark(queue);
    return queue.isStanding;
  }

  #mark(queue: SocketQueue): void {
    queue.markedNs = this.#runNs;
    const mark = new Uint8Array(MARK_BYTES);
    mark.set(this.#nonce);
    new DataView(mark.buffer).setFloat64(NONCE_BYTES, this.#runNs);
    queue.sendMark(mark);
  }

  #takeMark(queue: SocketQueue, bytes: Uint8Array): boolean {
    if (this.#nonce.some((value, index) => value !== bytes[index])) return false;
    const sentNs = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(NONCE_BYTES);
    queue.freshNs = Math.max(queue.freshNs, sentNs);
    queue.isLate = queue.isLate && this.#runNs - queue.freshNs > LATE_NS;
    return true;
  }
}
