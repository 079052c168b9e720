/**
 * The keys with which a control service signs and verifies: either provisioned to all nodes before the run, or those of
 * certificates.
 *
 * @module
 */
import type { SigningKey } from '../../engine/host/signatures.ts';
import type { EntrySigner } from './beacons/extender.ts';
import { type AsKeySource, type EntryKeySource, ProvisionedKeys } from './beacons/signatures.ts';
import { type ControlPki, Trust, type TrustParts } from './trust.ts';

/** The two kinds of keys, with what each kind needs. */
export type ControlKeys =
  | { readonly kind: 'modelled'; readonly own: SigningKey; readonly of: AsKeySource }
  | ({ readonly kind: 'real' } & ControlPki);

/** A control service's keys, ready for use. */
export interface OpenedKeys {
  readonly source: EntryKeySource;
  readonly signer: () => EntrySigner;
  /** Absent where keys are modelled. */
  readonly trust: Trust | undefined;
}

/** How signatures name a key without a certificate. */
const NO_CERTIFICATE = { subjectKeyId: new Uint8Array(0), trcBase: 0, trcSerial: 0 } as const;

/** Makes keys ready for use. @throws RangeError if a provisioned TRC is invalid. */
export function openControlKeys(keys: ControlKeys, parts: Omit<TrustParts, 'pki'>): OpenedKeys {
  if (keys.kind === 'real') {
    const trust = new Trust({ ...parts, pki: keys });
    return { source: trust, signer: (): EntrySigner => trust.signer(), trust };
  }
  const signer = { key: keys.own, keyId: { ...NO_CERTIFICATE, isdAs: parts.isdAs } };
  const source = new ProvisionedKeys(parts.crypto, keys.of);
  return { source, signer: (): EntrySigner => signer, trust: undefined };
}
