/**
 * A crypto provider whose calls are charged to the modelled processor by function and length; the
 * results are those of the wrapped provider (docs/spec/processor-model.md#charging).
 *
 * @module
 */

import type {
  AeadKey,
  AeadName,
  CryptoProvider,
  HkdfInput,
  MacKey,
  Pbkdf2Input,
  WideBlockCipher,
  X25519Key,
} from '../host/crypto.ts';
import type { Edwards25519, MlKem768, MlKemKey } from '../host/crypto-groups.ts';
import type {
  BlockCipher,
  CtrStream,
  LegacyHashes,
  RunningHash,
  RunningHashes,
} from '../host/crypto-states.ts';
import type { MlDsa65, MlDsaKey, SigningKey, VerifyingKey } from '../host/signatures.ts';

/** Bytes that an iteration of PBKDF2 hashes. */
const PBKDF2_BLOCK_BYTES = 32;
/** Bytes of the block's number, which follow the salt in the first iteration of PBKDF2. */
const PBKDF2_NUMBER_BYTES = 4;
/**
 * Cost of opening a key of P-384 or P-521, and of verifying with it, as multiples of the cost of
 * opening a P-256 key (measured, OpenSSL of Node 20).
 */
const P384_COST = { open: 7, verify: 9 } as const;
const P521_COST = { open: 15, verify: 20 } as const;

/** Charges an operation of the crypto provider on a number of bytes to a processor. */
export interface CryptoMeter {
  chargeCrypto(operation: string, bytes: number): void;
}

/** A provider whose calls go to another provider and are charged to a machine's processor. */
export class CpuChargedCrypto implements CryptoProvider {
  readonly name: string;
  readonly edwards25519: Edwards25519;
  readonly mlKem768: MlKem768;
  readonly running: RunningHashes;
  readonly legacy: LegacyHashes;
  readonly mlDsa65: MlDsa65;
  private readonly inner: CryptoProvider;
  private readonly machine: CryptoMeter;

  constructor(inner: CryptoProvider, machine: CryptoMeter) {
    this.name = inner.name;
    this.inner = inner;
    this.machine = machine;
    this.edwards25519 = chargedGroup(inner.edwards25519, machine);
    this.mlKem768 = chargedKem(inner.mlKem768, machine);
    const { running, legacy } = inner;
    this.running = {
      sha256: (): RunningHash => chargedHash('sha256', running.sha256, machine),
      sha3_256: (): RunningHash => chargedHash('sha3_256', running.sha3_256, machine),
    };
    this.legacy = {
      sha1: (): RunningHash => chargedHash('sha1', legacy.sha1, machine),
      md5: (): RunningHash => chargedHash('md5', legacy.md5, machine),
    };
    this.mlDsa65 = chargedMlDsa(inner.mlDsa65, machine);
  }

  sha256(data: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('sha256', data.length);
    return this.inner.sha256(data);
  }

  sha384(data: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('sha384', data.length);
    return this.inner.sha384(data);
  }

  sha512(data: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('sha512', data.length);
    return this.inner.sha512(data);
  }

  sha3_256(data: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('sha3_256', data.length);
    return this.inner.sha3_256(data);
  }

  // A sponge works for each byte that it takes in or gives out.
  shake256(data: Uint8Array, length: number): Uint8Array {
    this.machine.chargeCrypto('shake256', data.length + length);
    return this.inner.shake256(data, length);
  }

  blake2b(data: Uint8Array, length: number, key?: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('blake2b', data.length);
    return this.inner.blake2b(data, length, key);
  }

  sha512Over256(data: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('sha512Over256', data.length);
    return this.inner.sha512Over256(data);
  }

  blake2xb(data: Uint8Array, length: number, key?: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('blake2xb', data.length);
    return this.inner.blake2xb(data, length, key);
  }

  blake2s(data: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('blake2s', data.length);
    return this.inner.blake2s(data);
  }

  blake3(data: Uint8Array, length: number): Uint8Array {
    this.machine.chargeCrypto('blake3', data.length);
    return this.inner.blake3(data, length);
  }

  blake3DeriveKey(context: string, material: Uint8Array, length: number): Uint8Array {
    this.machine.chargeCrypto('blake3DeriveKey', material.length);
    return this.inner.blake3DeriveKey(context, material, length);
  }

  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('hmacSha256', data.length);
    return this.inner.hmacSha256(key, data);
  }

  hmacSha384(key: Uint8Array, data: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('hmacSha384', data.length);
    return this.inner.hmacSha384(key, data);
  }

  hmacSha512(key: Uint8Array, data: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('hmacSha512', data.length);
    return this.inner.hmacSha512(key, data);
  }

  hkdfSha256(input: HkdfInput): Uint8Array {
    this.machine.chargeCrypto('hkdfSha256', input.length);
    return this.inner.hkdfSha256(input);
  }

  hkdfSha512(input: HkdfInput): Uint8Array {
    this.machine.chargeCrypto('hkdfSha512', input.length);
    return this.inner.hkdfSha512(input);
  }

  hkdfExpandSha256(input: Omit<HkdfInput, 'salt'>): Uint8Array {
    this.machine.chargeCrypto('hkdfExpandSha256', input.length);
    return this.inner.hkdfExpandSha256(input);
  }

  // Charged as its HMACs, so that no processor has to be calibrated for it: a block is 32 bytes.
  pbkdf2Sha256(input: Pbkdf2Input): Uint8Array {
    const blocks = Math.ceil(input.length / PBKDF2_BLOCK_BYTES);
    for (let block = 0; block < blocks; block++) {
      this.machine.chargeCrypto('hmacSha256', input.salt.length + PBKDF2_NUMBER_BYTES);
      for (let iteration = 1; iteration < input.iterations; iteration++)
        this.machine.chargeCrypto('hmacSha256', PBKDF2_BLOCK_BYTES);
    }
    return this.inner.pbkdf2Sha256(input);
  }

  x25519PublicKey(secret: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('x25519PublicKey', 0);
    return this.inner.x25519PublicKey(secret);
  }

  x25519(secret: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
    this.machine.chargeCrypto('x25519', 0);
    return this.inner.x25519(secret, publicKey);
  }

  x25519Key(secret: Uint8Array): X25519Key {
    this.machine.chargeCrypto('x25519PublicKey', 0);
    const inner = this.inner.x25519Key(secret);
    const { machine } = this;
    return {
      publicKey: inner.publicKey,
      sharedSecret: (publicKey): Uint8Array | undefined => {
        machine.chargeCrypto('x25519', 0);
        return inner.sharedSecret(publicKey);
      },
      wipe: (): void => inner.wipe(),
    };
  }

  ed25519PublicKey(secret: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('ed25519PublicKey', 0);
    return this.inner.ed25519PublicKey(secret);
  }

  ed25519Sign(secret: Uint8Array, message: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('ed25519Sign', message.length);
    return this.inner.ed25519Sign(secret, message);
  }

  ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    this.machine.chargeCrypto('ed25519Verify', message.length);
    return this.inner.ed25519Verify(publicKey, message, signature);
  }

  p256PublicKey(secret: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('p256PublicKey', 0);
    return this.inner.p256PublicKey(secret);
  }

  p256Sign(secret: Uint8Array, message: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('p256Sign', message.length);
    return this.inner.p256Sign(secret, message);
  }

  p256Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    this.machine.chargeCrypto('p256Verify', message.length);
    return this.inner.p256Verify(publicKey, message, signature);
  }

  ed25519Key(secret: Uint8Array): SigningKey {
    this.machine.chargeCrypto('ed25519PublicKey', 0);
    return chargedSigner(this.inner.ed25519Key(secret), (bytes) =>
      this.machine.chargeCrypto('ed25519KeySign', bytes),
    );
  }

  ed25519Verifier(publicKey: Uint8Array): VerifyingKey {
    this.machine.chargeCrypto('ed25519Verifier', 0);
    return chargedVerifier(this.inner.ed25519Verifier(publicKey), (bytes) =>
      this.machine.chargeCrypto('ed25519KeyVerify', bytes),
    );
  }

  p256Key(secret: Uint8Array): SigningKey {
    this.machine.chargeCrypto('p256PublicKey', 0);
    return chargedSigner(this.inner.p256Key(secret), (bytes) =>
      this.machine.chargeCrypto('p256KeySign', bytes),
    );
  }

  p256Verifier(publicKey: Uint8Array): VerifyingKey {
    this.machine.chargeCrypto('p256Verifier', 0);
    return chargedVerifier(this.inner.p256Verifier(publicKey), (bytes) =>
      this.machine.chargeCrypto('p256KeyVerify', bytes),
    );
  }

  p384Verifier(publicKey: Uint8Array): VerifyingKey {
    return this.openCharged(P384_COST, () => this.inner.p384Verifier(publicKey));
  }

  p521Verifier(publicKey: Uint8Array): VerifyingKey {
    return this.openCharged(P521_COST, () => this.inner.p521Verifier(publicKey));
  }

  // Charged as keys of P-256, so that no processor has to be calibrated for curves that only others sign with.
  private openCharged(
    cost: { readonly open: number; readonly verify: number },
    open: () => VerifyingKey,
  ): VerifyingKey {
    const charge = (times: number, operation: string, bytes: number): void => {
      for (let time = 0; time < times; time++) this.machine.chargeCrypto(operation, bytes);
    };
    charge(cost.open, 'p256Verifier', 0);
    return chargedVerifier(open(), (bytes) => charge(cost.verify, 'p256KeyVerify', bytes));
  }

  aead(name: AeadName, key: Uint8Array): AeadKey {
    this.machine.chargeCrypto('aead', 0);
    const inner = this.inner.aead(name, key);
    const { machine } = this;
    return {
      seal: (nonce, associatedData, plaintext, target): number => {
        machine.chargeCrypto('seal', plaintext.length);
        return inner.seal(nonce, associatedData, plaintext, target);
      },
      open: (nonce, associatedData, sealed, target): number => {
        machine.chargeCrypto('open', sealed.length);
        return inner.open(nonce, associatedData, sealed, target);
      },
      wipe: (): void => inner.wipe(),
    };
  }

  aesCmac(key: Uint8Array): MacKey {
    this.machine.chargeCrypto('aesCmac', 0);
    const inner = this.inner.aesCmac(key);
    const { machine } = this;
    return {
      tag: (message, out): void => {
        machine.chargeCrypto('tag', message.length);
        inner.tag(message, out);
      },
    };
  }

  aez(key: Uint8Array): WideBlockCipher {
    const inner = this.inner.aez(key);
    const { machine } = this;
    return {
      encipher: (nonce, text): void => {
        machine.chargeCrypto('aez', text.length);
        inner.encipher(nonce, text);
      },
      decipher: (nonce, text): void => {
        machine.chargeCrypto('aez', text.length);
        inner.decipher(nonce, text);
      },
      wipe: (): void => inner.wipe(),
    };
  }

  aesKeyWrap(wrappingKey: Uint8Array, key: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('aesKeyWrap', key.length);
    return this.inner.aesKeyWrap(wrappingKey, key);
  }

  aesKeyUnwrap(wrappingKey: Uint8Array, wrapped: Uint8Array): Uint8Array | undefined {
    this.machine.chargeCrypto('aesKeyUnwrap', wrapped.length);
    return this.inner.aesKeyUnwrap(wrappingKey, wrapped);
  }

  aesCtr(key: Uint8Array, counter: Uint8Array, data: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('aesCtr', data.length);
    return this.inner.aesCtr(key, counter, data);
  }

  aesCtrStream(key: Uint8Array, counter: Uint8Array): CtrStream {
    this.machine.chargeCrypto('aesCtrStream', 0);
    const inner = this.inner.aesCtrStream(key, counter);
    const { machine } = this;
    return {
      apply: (buffer, offset, length): void => {
        machine.chargeCrypto('aesCtrApply', length);
        inner.apply(buffer, offset, length);
      },
      wipe: (): void => inner.wipe(),
    };
  }

  aesBlock(key: Uint8Array): BlockCipher {
    this.machine.chargeCrypto('aesBlock', 0);
    const inner = this.inner.aesBlock(key);
    const { machine } = this;
    return {
      encrypt: (block): void => {
        machine.chargeCrypto('aesBlockCall', 0);
        inner.encrypt(block);
      },
      decrypt: (block): void => {
        machine.chargeCrypto('aesBlockCall', 0);
        inner.decrypt(block);
      },
      wipe: (): void => inner.wipe(),
    };
  }

  polyval(key: Uint8Array, blocks: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('polyval', blocks.length);
    return this.inner.polyval(key, blocks);
  }

  chacha20(key: Uint8Array, nonce: Uint8Array, counter: number, data: Uint8Array): Uint8Array {
    this.machine.chargeCrypto('chacha20', data.length);
    return this.inner.chacha20(key, nonce, counter, data);
  }

  equal(a: Uint8Array, b: Uint8Array): boolean {
    return this.inner.equal(a, b);
  }
}

function chargedSigner(inner: SigningKey, charge: (bytes: number) => void): SigningKey {
  return {
    publicKey: inner.publicKey,
    sign: (message): Uint8Array => {
      charge(message.length);
      return inner.sign(message);
    },
    wipe: (): void => inner.wipe(),
  };
}

function chargedVerifier(inner: VerifyingKey, charge: (bytes: number) => void): VerifyingKey {
  return {
    verify: (message, signature): boolean => {
      charge(message.length);
      return inner.verify(message, signature);
    },
  };
}

/**
 * Functions that only encode, decode or reduce are not charged, because they take few microseconds
 * compared with the others.
 */
function chargedGroup(inner: Edwards25519, machine: CryptoMeter): Edwards25519 {
  return {
    ...inner,
    scalarMultBase: (scalar): Uint8Array => {
      machine.chargeCrypto('scalarMultBase', 0);
      return inner.scalarMultBase(scalar);
    },
    scalarMult: (point, scalar): Uint8Array | undefined => {
      machine.chargeCrypto('scalarMult', 0);
      return inner.scalarMult(point, scalar);
    },
    encodeToCurve: (message, domain): Uint8Array => {
      machine.chargeCrypto('encodeToCurve', message.length);
      return inner.encodeToCurve(message, domain);
    },
  };
}

function chargedKem(inner: MlKem768, machine: CryptoMeter): MlKem768 {
  return {
    openKey: (seed): MlKemKey | undefined => {
      machine.chargeCrypto('mlKem768Key', 0);
      const key = inner.openKey(seed);
      if (key === undefined) return undefined;
      return {
        publicKey: key.publicKey,
        decapsulate: (ciphertext): Uint8Array | undefined => {
          machine.chargeCrypto('decapsulate', 0);
          return key.decapsulate(ciphertext);
        },
        wipe: () => key.wipe(),
      };
    },
    encapsulate: (publicKey, coins): ReturnType<MlKem768['encapsulate']> => {
      machine.chargeCrypto('encapsulate', 0);
      return inner.encapsulate(publicKey, coins);
    },
  };
}

/**
 * Charges the calls of a running hash. Making and copying a state cost the same; a digest is taken from a
 * copy, which is charged with it.
 */
function chargedHash(
  name: keyof RunningHashes | keyof LegacyHashes,
  open: () => RunningHash,
  machine: CryptoMeter,
): RunningHash {
  machine.chargeCrypto('hashState', 0);
  const inner = open();
  return {
    update: (data): void => {
      machine.chargeCrypto(`${name}Update`, data.length);
      inner.update(data);
    },
    digest: (): Uint8Array => {
      machine.chargeCrypto(`${name}Digest`, 0);
      return inner.digest();
    },
    copy: (): RunningHash => chargedHash(name, () => inner.copy(), machine),
    wipe: (): void => inner.wipe(),
  };
}

function chargedMlDsa(inner: MlDsa65, machine: CryptoMeter): MlDsa65 {
  return {
    openKey: (seed): MlDsaKey => {
      machine.chargeCrypto('mlDsa65Key', 0);
      const key = inner.openKey(seed);
      return {
        publicKey: key.publicKey,
        sign: (input, coins): Uint8Array => {
          machine.chargeCrypto('mlDsa65Sign', input.message.length);
          return key.sign(input, coins);
        },
        wipe: () => key.wipe(),
      };
    },
    verify: (publicKey, input, signature): boolean => {
      machine.chargeCrypto('mlDsa65Verify', input.message.length);
      return inner.verify(publicKey, input, signature);
    },
  };
}
