/** Certificates of the reference are read and verified. @module */
import { describe, expect, it } from 'vitest';
import {
  certificateVerdict,
  decodeCertificate,
} from '../../nodes/control-service/pki/certificate.ts';
import { type PkiCrypto, pkiCryptoOf } from '../../nodes/control-service/pki/ecdsa.ts';
import { everyCurve, readCertificate } from '../unit/nodes/control-service/pki/samples.ts';
import { crypto } from '../unit/nodes/control-service/small-network.ts';

// scionproto/scion v0.15.0, pkg/scrypto/cppki/testdata/verifychain/ISD1-ASff00_0_110.pem (Apache-2.0).
const AS = fromBase64(
  'MIIC8jCCApigAwIBAgIULfFjTuXWzxwqBsKDPdwqNT+rvYcwCgYIKoZIzj0EAwQwgb0xCzAJBgNVBAYTAkNIMRIwEAYD' +
    'VQQIDAlaw4PCvHJpY2gxEjAQBgNVBAcMCVrDg8K8cmljaDEVMBMGA1UECgwMMS1mZjAwOjA6MTEwMSMwIQYDVQQLDBox' +
    'LWZmMDA6MDoxMTAgSW5mb1NlYyBTcXVhZDErMCkGA1UEAwwiMS1mZjAwOjA6MTEwIFNlY3VyZSBDQSBDZXJ0aWZpY2F0' +
    'ZTEdMBsGCysGAQQBg7AcAQIBDAwxLWZmMDA6MDoxMTAwHhcNMjAwNDIxMDg0NzA0WhcNMjEwNDIxMDg0NzA0WjCBtjEL' +
    'MAkGA1UEBhMCQ0gxEjAQBgNVBAgMCVrDg8K8cmljaDESMBAGA1UEBwwJWsODwrxyaWNoMRUwEwYDVQQKDAwxLWZmMDA6' +
    'MDoxMTAxIzAhBgNVBAsMGjEtZmYwMDowOjExMCBJbmZvU2VjIFNxdWFkMSQwIgYDVQQDDBsxLWZmMDA6MDoxMTAgQVMg' +
    'Q2VydGlmaWNhdGUxHTAbBgsrBgEEAYOwHAECAQwMMS1mZjAwOjA6MTEwMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE' +
    '9ITPGVdQqH6IGsETjeC5ZM3v+92uzoNnohVUtx6Ebdf/mSt1QrR6wpdfK6dLWCpWP8DbHQF6tUWPm7VEIO39kaN7MHkw' +
    'DgYDVR0PAQH/BAQDAgeAMB0GA1UdDgQWBBSaVMUeaNEOhzfFOM6DGzdkzoxGPTAfBgNVHSMEGDAWgBRdooKCl0JpCXlm' +
    'j1WG5Fa1CAH1xzAnBgNVHSUEIDAeBggrBgEFBQcDAQYIKwYBBQUHAwIGCCsGAQUFBwMIMAoGCCqGSM49BAMEA0gAMEUC' +
    'IGvpL3TyQC9LLb8Ej9uj2gNYbrM9P0+mW6VU6VtJuz4uAiEAuzf3HBuPAmK8apuAAXt3+qbi/zUtHKN69zTxIFyUdfM=',
);
const CA = fromBase64(
  'MIIC7DCCApOgAwIBAgIUMAcchEZD2qzaF6wsDVQB+BWwRLQwCgYIKoZIzj0EAwQwgcYxCzAJBgNVBAYTAkNIMRIwEAYD' +
    'VQQIDAlaw4PCvHJpY2gxEjAQBgNVBAcMCVrDg8K8cmljaDEVMBMGA1UECgwMMS1mZjAwOjA6MTEwMSMwIQYDVQQLDBox' +
    'LWZmMDA6MDoxMTAgSW5mb1NlYyBTcXVhZDE0MDIGA1UEAwwrMS1mZjAwOjA6MTEwIEhpZ2ggU2VjdXJpdHkgUm9vdCBD' +
    'ZXJ0aWZpY2F0ZTEdMBsGCysGAQQBg7AcAQIBDAwxLWZmMDA6MDoxMTAwHhcNMjAwNDIxMDg0NzA0WhcNMjIwNDIxMDg0' +
    'NzA0WjCBvTELMAkGA1UEBhMCQ0gxEjAQBgNVBAgMCVrDg8K8cmljaDESMBAGA1UEBwwJWsODwrxyaWNoMRUwEwYDVQQK' +
    'DAwxLWZmMDA6MDoxMTAxIzAhBgNVBAsMGjEtZmYwMDowOjExMCBJbmZvU2VjIFNxdWFkMSswKQYDVQQDDCIxLWZmMDA6' +
    'MDoxMTAgU2VjdXJlIENBIENlcnRpZmljYXRlMR0wGwYLKwYBBAGDsBwBAgEMDDEtZmYwMDowOjExMDBZMBMGByqGSM49' +
    'AgEGCCqGSM49AwEHA0IABGDE2SKSYUa/rSvyX+DD199sLq+wmCeAyD08ng6Rg0Z8sc1daCbeQcDl7xCSN1VZ8ys/ObEK' +
    'Ei2fEMMB6Y8Kxo+jZjBkMBIGA1UdEwEB/wQIMAYBAf8CAQAwDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQWBBRdooKCl0Jp' +
    'CXlmj1WG5Fa1CAH1xzAfBgNVHSMEGDAWgBRUJue6wYCKwKfTAbjDe4Ds86o83TAKBggqhkjOPQQDBANHADBEAiByXIfB' +
    'ZtXsbSTrIRsc/tuwY8r5F2Umcnd1NjJ2i/9MJgIgXRmiCfNl2A6WybbCfusVi0qNWXAWYzdoWXhu04STQrs=',
);

describe('a chain of the reference', () => {
  it('is read', () => {
    expect(decodeCertificate(AS)).toMatchObject({ kind: 'as', isdAs: '1-ff00:0:110' });
    expect(decodeCertificate(CA)).toMatchObject({ kind: 'ca', isdAs: '1-ff00:0:110' });
  });

  it.each<[string, PkiCrypto, string]>([
    ['valid with all curves and hashes', everyCurve, 'valid'],
    ['unsupported by the port, since its hash is SHA-512', pkiCryptoOf(crypto), 'unsupported'],
  ])('is %s', (_, primitives, verdict) => {
    const [as, ca] = [readCertificate(AS), readCertificate(CA)];
    expect(certificateVerdict(primitives, as, ca.key)).toBe(verdict);
  });
});

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
