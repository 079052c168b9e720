/**
 * DER of others for tests: a certificate and a signed TRC, and forms that read them.
 *
 * @module
 */
import { fromHex } from '../../../../nodes/_kit/bytes.ts';
import {
  type DerCodec,
  type DerReadResult,
  derChoice,
  derDefault,
  derExplicit,
  derImplicit,
  derInOctets,
  derOptional,
  derRefined,
  derSequence,
  derSequenceOf,
  derSetOf,
  derUnsortedSetOf,
  derWithBytes,
  readDer,
} from '../../../../nodes/_kit/der.ts';
import {
  derAny,
  derBoolean,
  derInteger,
  derIntegerBytes,
  derNull,
  derOid,
  derUnsigned,
} from '../../../../nodes/_kit/der-primitives.ts';
import {
  derBitBytes,
  derBits,
  derGeneralizedTime,
  derIa5,
  derOctets,
  derPrintable,
  derTime,
  derUtcTime,
  derUtf8,
} from '../../../../nodes/_kit/der-strings.ts';

/** Seconds since 1970. */
export const seconds = (text: string): number => Date.parse(text) / 1_000;

/** Bytes of hexadecimal text with spaces. */
export const bytesOf = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', ''));

/** The value, or the refusal as an exception. */
export function valueIn<Value>(read: DerReadResult<Value>): Value {
  if (read.kind === 'bad') throw new Error(`${read.why} at ${read.at}`);
  return read.value;
}

/** RFC 7468 section 5.1: a certificate on P-256. Its key usage has zeros that DER leaves out. */
export const RFC_7468 = fromBase64(`
MIICLDCCAdKgAwIBAgIBADAKBggqhkjOPQQDAjB9MQswCQYDVQQGEwJCRTEPMA0GA1UEChMGR251VExTMSUwIwYDVQQL
ExxHbnVUTFMgY2VydGlmaWNhdGUgYXV0aG9yaXR5MQ8wDQYDVQQIEwZMZXV2ZW4xJTAjBgNVBAMTHEdudVRMUyBjZXJ0
aWZpY2F0ZSBhdXRob3JpdHkwHhcNMTEwNTIzMjAzODIxWhcNMTIxMjIyMDc0MTUxWjB9MQswCQYDVQQGEwJCRTEPMA0G
A1UEChMGR251VExTMSUwIwYDVQQLExxHbnVUTFMgY2VydGlmaWNhdGUgYXV0aG9yaXR5MQ8wDQYDVQQIEwZMZXV2ZW4x
JTAjBgNVBAMTHEdudVRMUyBjZXJ0aWZpY2F0ZSBhdXRob3JpdHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARS2I0j
iuNn14Y2sSALCX3IybqiIJUvxUpj+oNfzngvj/Niyv2394BWnW4XuQ4RTEiywK87WRcWMGgJB5kX/t2no0MwQTAPBgNV
HRMBAf8EBTADAQH/MA8GA1UdDwEB/wQFAwMHBgAwHQYDVR0OBBYEFPC0gf6YEr+1KLlkQAPLzB9mTigDMAoGCCqGSM49
BAMCA0gAMEUCIDGuwD1KPyG+hRf88MeyMQcqOFZD0TbVleF+UsAGQ4enAiEAl4wOuDwKQa+upc8GftXE2C//4mKANBC6
It01gUaTIpo=`);

/** A TRC of one certificate, signed as CMS by OpenSSL 3.0.19 (`asn1parse -genconf`, `cms -sign`). */
export const SIGNED_TRC = fromBase64(`
MIIDuQYJKoZIhvcNAQcCoIIDqjCCA6YCAQExDTALBglghkgBZQMEAgEwggJhBgkqhkiG9w0BBwGgggJSBIICTjCCAkoC
AQAwCQIBAQIBAQIBATAiGA8yMDI2MDgwMTAwMDAwMFoYDzIwNTYwODAxMDAwMDAwWgIBAAEBADAAAgEBMBgTCmZmMDA6
MDoxMTATCmZmMDA6MDoxMTEwGBMKZmYwMDowOjExMBMKZmYwMDowOjExMQwQVGVzdCBJU0QgWsO8cmljaDCCAcMwggG/
MIIBZaADAgECAhQfLj1MW2p5iJeGpbTD0uHwqbjH1jAKBggqhkjOPQQDAjA9MRwwGgYDVQQDDBMxLWZmMDA6MDoxMTAg
dm90aW5nMR0wGwYLKwYBBAGDsBwBAgEMDDEtZmYwMDowOjExMDAeFw0yNjExMjcxNzE3MDNaFw0zMTExMjYxNzE3MDNa
MD0xHDAaBgNVBAMMEzEtZmYwMDowOjExMCB2b3RpbmcxHTAbBgsrBgEEAYOwHAECAQwMMS1mZjAwOjA6MTEwMFkwEwYH
KoZIzj0CAQYIKoZIzj0DAQcDQgAE/thZlbEOffA7uUyVpBbjuJKqA2bF/5q+pQ9A6asO2M8zRShEj7BrxpndYsAseXtR
BivXXFtLNcRrs9tHDJQ+R6NDMEEwHQYDVR0OBBYEFNIiGI7ErhHKMDg7K0UQHdVzj+XeMCAGA1UdJQQZMBcGCysGAQQB
g7AcAQMBBggrBgEFBQcDCDAKBggqhkjOPQQDAgNIADBFAiEAmGOXCSKTiqx/lMgkf3Js+KGUEmPoX2YFemT9JQQ+7toC
IFY2JgYQJAsPZ2DjcxmltI5j9uKPXZZNQRNm0qDAU9zUMYIBKzCCAScCAQEwVTA9MRwwGgYDVQQDDBMxLWZmMDA6MDox
MTAgdm90aW5nMR0wGwYLKwYBBAGDsBwBAgEMDDEtZmYwMDowOjExMAIUHy49TFtqeYiXhqW0w9Lh8Km4x9YwCwYJYIZI
AWUDBAIBoGkwGAYJKoZIhvcNAQkDMQsGCSqGSIb3DQEHATAcBgkqhkiG9w0BCQUxDxcNMjYxMTI3MTcxNzIyWjAvBgkq
hkiG9w0BCQQxIgQgaY/0q+xPDhTFOLo6RI4ownOqtUtLBYZW1x6Z35JV/dowCgYIKoZIzj0EAwIERzBFAiEA1PYmZ491
1iVL6OXXUMOcWcH4v52aEBVMOID7jNBOk1wCIBSzX/DMDIm2t97pIg5RwNbtIXiCuhNGkI2sTX7icv3s`);

/** One element or more of each type. */
export const EVERY_TYPE = derSequenceOf(derAny).write([
  derBoolean.write(true),
  derInteger.write(-200),
  derUnsigned(2).write(Uint8Array.of(0, 200)),
  derBits.write({ bytes: Uint8Array.of(0xf0), unused: 3 }),
  derNull.write(null),
  derOid.write('2.999.1.20000'),
  derUtf8.write('Zürich'),
  derPrintable.write('1-ff00:0:110'),
  derIa5.write('a@b'),
  derTime.write(1_800_000_000),
  derTime.write(3_000_000_000),
  derInOctets(derSetOf(derInteger)).write([3, 2, 1]),
  derExplicit(0, derInteger).write(7),
  derImplicit(1, derOctets).write(Uint8Array.of(1, 2, 3)),
  derSetOf(derIa5).write(['a', 'b', 'c']),
]);

const algorithm = derSequence({ id: derOid, parameters: derOptional(derAny) });
const text = derChoice({ printable: derPrintable, utf8: derUtf8, ia5: derIa5, other: derAny });
const name = derSequenceOf(derSetOf(derSequence({ type: derOid, value: text })));
const extension = derSequence({
  id: derOid,
  isCritical: derDefault(derBoolean, false),
  value: derOctets,
});

/** A certificate (RFC 5280 section 4.1). */
export const certificate = derSequence({
  body: derWithBytes(
    derSequence({
      version: derDefault(derExplicit(0, derInteger), 0),
      serial: derIntegerBytes,
      algorithm,
      issuer: name,
      validity: derSequence({ from: derTime, until: derTime }),
      subject: name,
      key: derSequence({ algorithm, bits: derBitBytes }),
      issuerId: derOptional(derImplicit(1, derBits)),
      subjectId: derOptional(derImplicit(2, derBits)),
      extensions: derOptional(derExplicit(3, derSequenceOf(extension))),
    }),
  ),
  algorithm,
  signature: derBitBytes,
});

/** What a TRC says. */
export const trc = derSequence({
  version: derRefined(derInteger, (version) => version === 0),
  id: derSequence({ isd: derInteger, serial: derInteger, base: derInteger }),
  validity: derSequence({ from: derGeneralizedTime, until: derGeneralizedTime }),
  graceSeconds: derInteger,
  isNoReset: derBoolean,
  votes: derSequenceOf(derInteger),
  quorum: derInteger,
  core: derSequenceOf(derPrintable),
  authoritative: derSequenceOf(derPrintable),
  description: derUtf8,
  certificates: derSequenceOf(derWithBytes(certificate)),
});

const attribute = derSequence({ type: derOid, values: derSetOf(derAny) });

/** CMS without certificates (RFC 5652 section 5). */
export const signedData = derSequence({
  type: derOid,
  content: derExplicit(
    0,
    derSequence({
      version: derInteger,
      digests: derSetOf(algorithm),
      inner: derSequence({ type: derOid, content: derExplicit(0, derOctets) }),
      signers: derUnsortedSetOf(
        derSequence({
          version: derInteger,
          by: derSequence({ issuer: name, serial: derIntegerBytes }),
          digest: algorithm,
          attributes: derWithBytes(derImplicit(0, derUnsortedSetOf(attribute))),
          algorithm,
          signature: derOctets,
        }),
      ),
    }),
  ),
});

/** A value with the form that reads and writes it. */
interface Copied {
  readonly form: DerCodec<unknown>;
  readonly value: unknown;
}

/** Elements that {@link anything} has read. */
export const counted = { elements: 0 };

/** Any DER: each element by its type, and all that is in it. */
export const anything: DerCodec<Copied> = {
  begins: () => true,
  write: ({ form, value }) => form.write(value),
  read: (der) => {
    counted.elements += 1;
    const form = FORM_OF[der.next ?? 0] as DerCodec<unknown>;
    return { form, value: form.read(der) };
  },
};

/** What is in an OCTET STRING, if it is DER. */
const octets: DerCodec<Copied | Uint8Array> = {
  begins: derOctets.begins,
  write: (value) => derOctets.write('form' in value ? anything.write(value) : value),
  read: (der) => {
    const content = derOctets.read(der);
    const inner = readDer(anything, content);
    return inner.kind === 'read' ? inner.value : content;
  },
};

const FORMS: readonly DerCodec<unknown>[] = [
  derSequenceOf(anything),
  derSetOf(anything),
  derBoolean,
  derNull,
  derIntegerBytes,
  derOid,
  derBits,
  octets,
  derPrintable,
  derUtf8,
  derIa5,
  derUtcTime,
  derGeneralizedTime,
  ...Array.from({ length: 31 }, (_, number) => derImplicit(number, derSequenceOf(anything))),
] as readonly DerCodec<unknown>[];

/** By identifier octet. */
const FORM_OF = Array.from({ length: 256 }, (_, identifier) => {
  return FORMS.find((one) => one.begins(identifier)) ?? (derAny as DerCodec<unknown>);
});

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64'));
}
