/**
 * Puts together what the session with one peer needs from its gateway.
 *
 * @module
 */
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { HostPart } from '../_kit/host-part.ts';
import type { CookieIssuer } from './admission/cookie-issuer.ts';
import type { Behaviour } from './behaviour.ts';
import type { GatewayOptions } from './config.ts';
import { STATIC_KEY_NAME, type StaticKeyPair } from './crypto.ts';
import { EpochStore } from './epoch-store.ts';
import type { OpenThreads } from './opening/open-threads.ts';
import type { GatewayMeasurements } from './operator/measurements.ts';
import { frameAgeLimitsOf } from './replay/age.ts';
import type { WindowSet } from './replay/window-set.ts';
import { SESSION_LIMITS, type SessionOptions, type SessionSink } from './session-parts.ts';
import { type PacketAddresses, peerAddressBytes } from './underlay/packet-template.ts';

/** The gateway as its sessions use it. */
export interface SessionSurroundings {
  readonly host: HostPart<'crypto' | 'now' | 'randomBytes' | 'store'>;
  readonly network: NetworkView;
  readonly threads: OpenThreads | undefined;
  /** The options in force. */
  readonly options: () => GatewayOptions;
  readonly behaviour: Behaviour;
  readonly windows: WindowSet;
  readonly cookies: CookieIssuer;
  readonly measured: GatewayMeasurements;
  readonly identity: StaticKeyPair | undefined;
  readonly ends: (peer: string) => PacketAddresses;
}

/** The options of the session with `peer`. */
export function makeSessionOptions(
  surroundings: SessionSurroundings,
  peer: string,
  sink: SessionSink,
): SessionOptions {
  const { host, network, threads, behaviour, windows, cookies, measured, identity, ends } =
    surroundings;
  const options = surroundings.options();
  const own = windows.peer(peer, host.now());
  if (own === undefined || identity === undefined) throw new Error(`no room for ${peer}`);
  return {
    crypto: host.crypto,
    identity,
    peerKey: network.identity(peer).publicKey(STATIC_KEY_NAME),
    randomBytes: (length): Uint8Array => host.randomBytes(length),
    epochs: new EpochStore({
      store: host.store('epochs'),
      peer,
      // After an error, nothing more is durable than before; the session itself retries.
      onSync: (error): void => {
        if (error === undefined) sink.wake();
        else measured.storeErrors += 1;
      },
    }),
    ...{ windows: own, sink, measured, threads },
    limits: {
      ...SESSION_LIMITS,
      rekeyBytes: options.rekey.bytes,
      rekeyAgeNs: options.rekey.age,
      age: frameAgeLimitsOf(options.antiReplay),
    },
    admission: behaviour.admission(options, cookies),
    cookies,
    address: peerAddressBytes(ends(peer)),
  };
}
