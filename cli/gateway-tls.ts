/**
 * The PEM files that a gateway's configuration names. They are checked together with the
 * configuration, and read at the start and on SIGHUP.
 *
 * @module
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { z } from 'zod';
import type { GatewayFile, TlsFiles } from '../nodes/gateway/index.ts';
import {
  listCertificateProblems,
  readCertificateEnds,
  type TlsMaterial,
} from '../services/gateway/index.ts';

/** The keys of the configuration that name PEM files. */
const KEYS = {
  certificate: ['htx', 'cert_path'],
  key: ['htx', 'key_path'],
  clientCa: ['orrery', 'client_ca'],
} as const;

/**
 * Returns a schema that also refuses PEM files that are missing or do not fit together.
 * @param folder The folder that relative paths in the configuration start from.
 */
export function withTlsFiles(
  schema: z.ZodType<GatewayFile>,
  folder: string,
): z.ZodType<GatewayFile> {
  return schema.superRefine(({ htx: { tls } }, context) => {
    if (tls === undefined) return;
    const missing = Object.entries(KEYS).flatMap(([name, path]) => {
      const error = readFailure(folder, tls[name as keyof TlsFiles]);
      return error === undefined ? [] : [{ path: [...path], message: error }];
    });
    for (const { path, message } of missing) context.addIssue({ code: 'custom', path, message });
    if (missing.length > 0) return;
    const { certificate, key, clientCa } = readTlsMaterial(folder, tls);
    const unfit = failureOf(() => {
      createSecureContext({ cert: certificate, key });
      readCertificateEnds({ certificate, clientCa: undefined });
    });
    if (unfit !== undefined) {
      const message = `is no certificate of the key in key_path: ${unfit}`;
      context.addIssue({ code: 'custom', path: [...KEYS.certificate], message });
    }
    const noCa =
      clientCa === undefined
        ? undefined
        : failureOf(() => readCertificateEnds({ certificate: clientCa, clientCa: undefined }));
    if (noCa === undefined) return;
    const message = `has no certificate: ${noCa}`;
    context.addIssue({ code: 'custom', path: [...KEYS.clientCa], message });
  });
}

/** Checks the contents of the PEM files. @throws Error if one of them cannot be used. */
export function checkTlsMaterial(material: TlsMaterial): TlsMaterial {
  const { certificate, key } = material;
  createSecureContext({ cert: new X509Certificate(certificate).toString(), key });
  // When Node meets a block that is not a certificate, it ignores this block and all later ones
  // without an error, so each block is checked here.
  readCertificateEnds(material);
  return material;
}

/** Reads the PEM files. @throws Error of the system if one cannot be read. */
export function readTlsMaterial(folder: string, files: TlsFiles): TlsMaterial {
  const read = (path: string): string => readFileSync(resolve(folder, path), 'utf8');
  const { certificate, key, clientCa } = files;
  return {
    certificate: read(certificate),
    key: read(key),
    clientCa: clientCa === undefined ? undefined : read(clientCa),
  };
}

/**
 * Lists what is wrong with the certificates on disk. The gateway itself reads them only at its
 * start and on SIGHUP.
 */
export function listFileProblems(
  folder: string,
  files: TlsFiles,
  nowMs: number,
): ReturnType<typeof listCertificateProblems> {
  const unread: string[] = [];
  // The private key is not read: the check does not need it, and the operator may lack the right to
  // read it.
  const read = (key: string, path: string): string | undefined => {
    try {
      const pem = readFileSync(resolve(folder, path), 'utf8');
      readCertificateEnds({ certificate: pem, clientCa: undefined });
      return pem;
    } catch {
      unread.push(`${key}: ${path} cannot be read`);
      return undefined;
    }
  };
  const certificate = read('htx.cert_path', files.certificate);
  const clientCa = files.clientCa && read('orrery.client_ca', files.clientCa);
  const ends = certificate === undefined ? [] : readCertificateEnds({ certificate, clientCa });
  const { reasons, warnings } = listCertificateProblems(ends, nowMs);
  return { reasons, warnings: [...warnings, ...unread] };
}

function readFailure(folder: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    readFileSync(resolve(folder, path));
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be read: ${message}`;
  }
}

function failureOf(open: () => unknown): string | undefined {
  try {
    open();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
