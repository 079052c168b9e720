/**
 * With which keys a control service signs, and by which it verifies: those that everybody has beforehand, or those of
 * certificates.
 *
 * @module
 */
import type { SigningKey } from '../../engine/host/signatures.ts';
import type { EntrySigner } from './beacons/extender.ts';
import { type AsKeySource, type EntryKeySource, ProvisionedKeys } from './beacons/signatures.ts';
import { type ControlPki, Trust, type TrustParts } from './trust.ts';

/** Where keys come from. */
export type ControlKeys =
  | { readonly kind: 'modelled'; readonly own: SigningKey; readonly of: AsKeySource }
  | ({ readonly kind: 'real' } & ControlPki);

/** Keys in use. */
export interface OpenedKeys {
  readonly source: EntryKeySource;
  readonly signer: () => EntrySigner;
  /** Absent where keys are modelled. */
  readonly trust: Trust | undefined;
}

/** How signatures name a key without a certificate. */
const NO_CERTIFICATE = { subjectKeyId: new Uint8Array(0), trcBase: 0, trcSerial: 0 } as const;

/** Opens keys. */
export function openControlKeys(keys: ControlKeys, parts: Omit<TrustParts, 'pki'>): OpenedKeys {
  if (keys.kind === 'real') {
    const trust = new Trust({ ...parts, pki: keys });
    return { source: trust, signer: (): EntrySigner => trust.signer(), trust };
  }
  const signer = { key: keys.own, keyId: { ...NO_CERTIFICATE, isdAs: parts.isdAs } };
  const source = new ProvisionedKeys(parts.crypto, keys.of);
  return { source, signer: (): EntrySigner => signer, trust: undefined };
}
