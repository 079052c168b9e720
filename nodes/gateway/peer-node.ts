/**
 * Runs a peer on its host: performs its effects, keeps its timers, and passes it the time.
 *
 * Unlike the shell of `_kit`, it performs effects at once, and its two timers and its wakes are separate: an
 * application that receives a packet may send the next one in the same call and get the outcome.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { DatagramSocket, Endpoint } from '../../engine/host/socket.ts';
import type { Timer } from '../../engine/host/time.ts';
import { isdAsOfWords } from '../scion/index.ts';
import type { GatewayCounts } from './application/counts.ts';
import type { GatewayMeasurements } from './operator/measurements.ts';
import { Peer } from './peer.ts';
import type { PeerContext } from './peer-context.ts';
import type { PeerEffect, PeerOutput, PeerTimerName } from './peer-output.ts';
import type { ReceivedPackets } from './received-packets.ts';
import type { ClockReadings } from './session-parts.ts';

/** The parts of a node that the shell of a peer uses. */
export interface PeerHostAdapterParts {
  readonly host: Host;
  readonly socket: () => DatagramSocket;
  readonly moment: () => ClockReadings;
  readonly received: ReceivedPackets;
  readonly counts: GatewayCounts;
  readonly measured: GatewayMeasurements;
}

/** Runs the state of a peer on its host: performs effects, keeps timers, and passes it the time. */
export class PeerHostAdapter implements PeerOutput {
  readonly peer: Peer;
  readonly #port: PeerHostAdapterParts;
  readonly #name: string;
  readonly #source: string;
  readonly #timers = new Map<PeerTimerName, Timer>();

  constructor(name: string, port: PeerHostAdapterParts, context: PeerContext) {
    this.#port = port;
    this.#name = name;
    this.peer = new Peer(name, context, this, port.host.now());
    this.#source = isdAsOfWords(this.peer.end.isdAs);
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.peer.stop();
  }

  perform(effect: PeerEffect): void {
    const { host, moment } = this.#port;
    switch (effect.kind) {
      case 'timer':
        this.#set(effect.timer, effect.atNs);
        return;
      case 'wake':
        host.after(0, () => this.peer.tick(moment()));
        return;
      case 'way':
        host.way(this.#name, effect.way);
        return;
      case 'count':
        if (effect.label === undefined) host.meter.counter(effect.metric).add(1);
        else host.meter.counter(effect.metric, effect.label).add(1);
        return;
      case 'sample':
        host.meter.sample(effect.metric, effect.value);
        return;
      case 'state':
        host.trace.state(effect.machine, effect.state);
        return;
      case 'mark':
        host.trace.mark(effect.name);
        return;
      case 'log':
        host.log[effect.level](effect.message, effect.fields);
        return;
    }
  }

  drop(reason: string): void {
    this.#port.counts.drops += 1;
    this.#port.measured.dropped(this.#port.host.now(), reason);
    this.#port.host.drop(reason);
  }

  deliver(packet: Uint8Array): void {
    const { host, received, counts, measured } = this.#port;
    counts.receivedPackets += 1;
    counts.receivedBytes += packet.length;
    const path = this.peer.arrivalPath();
    measured.packetDelivered(host.now(), this.#name, path, packet.length);
    received.take(this.#source, packet);
    host.deliver(this.#name, packet, 0, packet.length);
  }

  alloc(length: number): Uint8Array {
    return this.#port.host.alloc(length);
  }

  release(buffer: Uint8Array): void {
    this.#port.host.release(buffer);
  }

  // hot: once per packet.
  send(packet: Uint8Array, length: number, to: Endpoint, dscp: number): void {
    const { host, socket, measured } = this.#port;
    const result = socket().send(packet, 0, length, to, dscp);
    measured.datagramsSent.of(this.#name, result === 'full' ? 'full' : 'ok').add();
    measured.datagramBytesSent.of(this.#name).add(length);
    if (result === 'full') host.drop('socket-full');
  }

  #set(name: PeerTimerName, atNs: number): void {
    const { host, moment } = this.#port;
    const delayNs = Math.max(0, atNs - host.now());
    const timer = this.#timers.get(name);
    if (timer !== undefined) timer.rearm(delayNs);
    else
      this.#timers.set(
        name,
        host.after(delayNs, () => this.peer.fired(name, moment())),
      );
  }
}
