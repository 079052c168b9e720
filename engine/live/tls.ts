/**
 * TLS 1.3 over a stream that is already open (engine/host/stream.ts, `secure`).
 *
 * With a pre-shared key the cipher suite is TLS_AES_128_GCM_SHA256, whose hash OpenSSL assumes for
 * such keys (RFC 8446 section 4.2.11); with certificates, all suites of TLS 1.3 are allowed. Makes no
 * certificates.
 *
 * @module
 */
import type { Socket } from 'node:net';
import { type ConnectionOptions, connect, createSecureContext, TLSSocket } from 'node:tls';
import type { StreamTlsOptions } from '../host/stream.ts';

const PSK_SUITE = 'TLS_AES_128_GCM_SHA256';
const VERSION = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;

/** Begins the handshake on `socket`; `onSecure` is called when it has succeeded. */
export function startTls(
  socket: Socket,
  options: StreamTlsOptions,
  onSecure: () => void,
): TLSSocket {
  return options.role === 'client'
    ? asClient(socket, options, onSecure)
    : asServer(socket, options, onSecure);
}

function asClient(socket: Socket, options: StreamTlsOptions, onSecure: () => void): TLSSocket {
  const { psk, trustPem, serverName, certificate } = options;
  const base: ConnectionOptions = {
    ...VERSION,
    socket,
    ...(trustPem === undefined ? {} : { ca: trustPem }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(certificate === undefined ? {} : { cert: certificate.certPem, key: certificate.keyPem }),
  };
  if (psk === undefined) return connect(base, onSecure);
  const { identity, key } = psk;
  const withKey: ConnectionOptions = {
    ...base,
    ciphers: PSK_SUITE,
    // Both ends have proved that they know the key, so there is no name to verify.
    checkServerIdentity: () => undefined,
    pskCallback: () => ({ psk: key, identity }),
  };
  return connect(withKey, onSecure);
}

function asServer(socket: Socket, options: StreamTlsOptions, onSecure: () => void): TLSSocket {
  const { psk, certificate, trustPem } = options;
  const secureContext = createSecureContext({
    ...VERSION,
    ...(psk === undefined ? {} : { ciphers: PSK_SUITE }),
    ...(certificate === undefined ? {} : { cert: certificate.certPem, key: certificate.keyPem }),
    ...(trustPem === undefined ? {} : { ca: trustPem }),
  });
  const withKey = {
    isServer: true,
    secureContext,
    ...(psk === undefined
      ? {}
      : {
          pskCallback: (_socket: TLSSocket, identity: string): Uint8Array | null =>
            identity === psk.identity ? psk.key : null,
        }),
  };
  const secured = new TLSSocket(socket, withKey);
  secured.once('secure', onSecure);
  return secured;
}
