/**
 * The access token of a process: programs that can read its file may use the server.
 *
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { areSecretsEqual, wipe } from '../../nodes/_kit/secrets.ts';

/** Length of the secret: 256 bits cannot be guessed. */
const TOKEN_BYTES = 32;
const OWNER_ONLY = 0o600;
/** The `Authorization` header of RFC 6750 section 2.1, with a token in base64url. */
const BEARER = /^Bearer ([A-Za-z0-9_-]{43})$/i;

/** The secret that requests to one process must present. */
export class AccessToken {
  /** 43 characters of base64url (RFC 4648 section 5). */
  readonly text: string;
  readonly #digest: Uint8Array;

  constructor() {
    const bytes = randomBytes(TOKEN_BYTES);
    this.text = bytes.toString('base64url');
    wipe(bytes);
    this.#digest = digestOf(this.text);
  }

  /** True for `Authorization: Bearer TOKEN`; constant time in the characters of the token. */
  admits(authorization: string | undefined): boolean {
    const [, given] = BEARER.exec(authorization ?? '') ?? [];
    return given !== undefined && areSecretsEqual(digestOf(given), this.#digest);
  }

  /**
   * Writes the token into a new file that only its owner can read, and renames it over a former one. So
   * neither an existing file, which other programs may have open, nor the target of a link is written to.
   * @throws Error of the system, if the file cannot be written.
   */
  write(file: string): void {
    const fresh = `${file}.${process.pid}.new`;
    rmSync(fresh, { force: true });
    writeFileSync(fresh, `${this.text}\n`, { flag: 'wx', mode: OWNER_ONLY });
    renameSync(fresh, file);
  }

  /** Removes the file if it still holds the token of this process. */
  remove(file: string): void {
    try {
      const [written = ''] = readFileSync(file, 'utf8').split('\n');
      if (areSecretsEqual(digestOf(written), this.#digest)) rmSync(file, { force: true });
    } catch {
      // The file is already gone, or this process may no longer read it.
    }
  }
}

function digestOf(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
