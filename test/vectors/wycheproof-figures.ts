/**
 * A few cases of `testvectors_v1` of C2SP/wycheproof, by the name of their file.
 *
 * @module
 */
import type { WycheproofCase, WycheproofFile, WycheproofGroup } from './wycheproof-cases.ts';

type Row = readonly [
  group: Omit<WycheproofGroup, 'tests'>,
  one: Pick<WycheproofCase, 'tcId' | 'result'> & Readonly<Record<string, unknown>>,
];

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  'aes_cmac_test.json': [
    [
      { keySize: 128, tagSize: 128 },
      {
        tcId: 2,
        key: 'e1e726677f4893890f8c027f9d8ef80d',
        msg: '3f',
        tag: '15f856bbed3b321952a584b3c4437a63',
        result: 'valid',
      },
    ],
    [
      { keySize: 0, tagSize: 128 },
      { tcId: 307, key: '', msg: '00b9449326d39416', tag: '', result: 'invalid' },
    ],
  ],
  'aes_gcm_test.json': [
    [
      { ivSize: 96, keySize: 128, tagSize: 128 },
      {
        tcId: 5,
        key: '384ea416ac3c2f51a76e7d8226346d4e',
        iv: 'b30c084727ad1c592ac21d12',
        aad: '',
        msg: '35',
        ct: '54',
        tag: '7c1e4ae88bb27e5638343cb9fd3f6337',
        result: 'valid',
      },
    ],
    [
      { ivSize: 96, keySize: 256, tagSize: 128 },
      {
        tcId: 94,
        key: 'cc56b680552eb75008f5484b4cb803fa5063ebd6eab91f6ab6aef4916a766273',
        iv: '99e23ec48985bccdeeab60f1',
        aad: '',
        msg: '2a',
        ct: '06',
        tag: '633c1e9703ef744ffffb40edf9d14355',
        result: 'valid',
      },
    ],
    [
      { ivSize: 96, keySize: 128, tagSize: 128 },
      {
        tcId: 66,
        key: '000102030405060708090a0b0c0d0e0f',
        iv: '505152535455565758595a5b',
        aad: '',
        msg: '202122232425262728292a2b2c2d2e2f',
        ct: 'eb156d081ed6b6b55f4612f021d87b39',
        tag: '5804fd3cb2ea86690847fa5306bee003',
        result: 'invalid',
      },
    ],
  ],
  'aes_wrap_test.json': [
    [
      { keySize: 256 },
      {
        tcId: 98,
        key: 'fce0429c610658ef8e7cfb0154c51de2239a8a317f5af5b6714f985fb5c4d75c',
        msg: '287326b5ed0078e7ca0164d748f667e7',
        ct: '940b1c580e0c7233a791b0f192438d2eace14214cee455b7',
        result: 'valid',
      },
    ],
    [
      { keySize: 128 },
      { tcId: 14, key: '574957151fc2afe0fa3dc7a9a7da6495', msg: '00', ct: '', result: 'invalid' },
    ],
  ],
  'chacha20_poly1305_test.json': [
    [
      { ivSize: 96, keySize: 256, tagSize: 128 },
      {
        tcId: 4,
        key: 'cc56b680552eb75008f5484b4cb803fa5063ebd6eab91f6ab6aef4916a766273',
        iv: '99e23ec48985bccdeeab60f1',
        aad: '',
        msg: '2a',
        ct: '3a',
        tag: 'cac27dec0968801e9f6eded69d807522',
        result: 'valid',
      },
    ],
    [
      { ivSize: 96, keySize: 256, tagSize: 128 },
      {
        tcId: 185,
        key: '202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f',
        iv: '000102030405060708090a0b',
        aad: '000102',
        msg: '000102030405060708090a0b0c0d0e0f',
        ct: 'd03bcb3ca52d48d1d203b1e7b1a5995a',
        tag: 'ffffffffffffffffffffffffffffffff',
        result: 'invalid',
      },
    ],
  ],
  'ecdsa_secp256r1_sha256_p1363_test.json': [
    [
      {
        publicKey: {
          uncompressed:
            '048aeb368a7027a4d64abdea37390c0c1d6a26f399e2d9734de1eb3d0e1937387405bd13834715e1dbae9b87' +
            '5cf07bd55e1b6691c7f7536aef3b19bf7a4adf576d',
        },
      },
      {
        tcId: 152,
        msg: '313233343030',
        sig:
          '555555550000000055555555555555553ef7a8e48d07df81a693439654210c70000000000000000000000000' +
          '0000000000000000000000000000000000000001',
        result: 'valid',
      },
    ],
    [
      {
        publicKey: {
          uncompressed:
            '048aeb368a7027a4d64abdea37390c0c1d6a26f399e2d9734de1eb3d0e1937387405bd13834715e1dbae9b87' +
            '5cf07bd55e1b6691c7f7536aef3b19bf7a4adf576d',
        },
      },
      {
        tcId: 153,
        msg: '313233343030',
        sig:
          '555555550000000055555555555555553ef7a8e48d07df81a693439654210c70000000000000000000000000' +
          '0000000000000000000000000000000000000000',
        result: 'invalid',
      },
    ],
  ],
  'ed25519_test.json': [
    [
      { publicKey: { pk: '7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa' } },
      {
        tcId: 2,
        msg: '78',
        sig:
          'd80737358ede548acb173ef7e0399f83392fe8125b2ce877de7975d8b726ef5b1e76632280ee38afad12125e' +
          'a44b961bf92f1178c9fa819d020869975bcbe109',
        result: 'valid',
      },
    ],
    [
      { publicKey: { pk: '7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa' } },
      {
        tcId: 60,
        msg: '313233343030',
        sig:
          '0000000000000000000000000000000000000000000000000000000000000000e0b8e7770d51c7a36375d006' +
          'c5bffd6af43ff54aaf47e4330dc118c71d61ec02',
        result: 'invalid',
      },
    ],
  ],
  'hkdf_sha256_test.json': [
    [
      { keySize: 128 },
      {
        tcId: 13,
        ikm: 'c360e16084cfd13cb44b0dc02d8665de',
        salt: '685ac7df93701d6c78babd847861bb3c',
        info: 'e0ddfaaaa7afb53f59a007a205c7149b5b5a72be',
        size: 20,
        okm: '506669208fcfd6d27336099b6551c683f4f2eba2',
        result: 'valid',
      },
    ],
  ],
  'hkdf_sha512_test.json': [
    [
      { keySize: 128 },
      {
        tcId: 10,
        ikm: 'c360e16084cfd13cb44b0dc02d8665de',
        salt: '685ac7df93701d6c78babd847861bb3c',
        info: 'e0ddfaaaa7afb53f59a007a205c7149b5b5a72be',
        size: 20,
        okm: '17408c6f8dd7eb8423758ce39a91b59020f7debe',
        result: 'valid',
      },
    ],
  ],
  'hmac_sha256_test.json': [
    [
      { keySize: 128, tagSize: 128 },
      {
        tcId: 167,
        key: 'e09eaa5a3f5e56d279d5e7a03373f6ea',
        msg: 'ef4eab37181f98423e53e947e7050fd0',
        tag: 'cfc19ec07902ec8be489606d8f40d172',
        result: 'valid',
      },
    ],
  ],
  'hmac_sha384_test.json': [
    [
      { keySize: 192, tagSize: 192 },
      {
        tcId: 167,
        key: 'f2c10ce8cb1cf3b363354473b027c1e53deccef03233be0c',
        msg: 'e1fa10b8e301e0348405770bc3fafcb1',
        tag: '2d088af29cc744e347124fbe4100cbcdebbae037ed9bf69d',
        result: 'valid',
      },
    ],
  ],
  'hmac_sha3_256_test.json': [
    [
      { keySize: 128, tagSize: 128 },
      {
        tcId: 167,
        key: 'e09eaa5a3f5e56d279d5e7a03373f6ea',
        msg: 'ef4eab37181f98423e53e947e7050fd0',
        tag: '6700cfd7fdb1c667ead477fb942ff03b',
        result: 'valid',
      },
    ],
  ],
  'hmac_sha512_test.json': [
    [
      { keySize: 256, tagSize: 256 },
      {
        tcId: 167,
        key: '6fa353868c82e5deeedac7f09471a61bf749ab5498239e947e012eee3c82d7c4',
        msg: 'aeed3e4d4cb9bbb60d482e98c126c0f5',
        tag: '1cf9d2c9c1b55a45190b5beb590cd4cc95e3853df8aaf9f4fef9bbbbd72435ff',
        result: 'valid',
      },
    ],
  ],
  'x25519_test.json': [
    [
      {},
      {
        tcId: 100,
        flags: ['Ktv'],
        public: 'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
        private: 'a046e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449a44',
        shared: 'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
        result: 'valid',
      },
    ],
    [
      {},
      {
        tcId: 69,
        flags: ['LowOrderPublic', 'ZeroSharedSecret'],
        public: '0000000000000000000000000000000000000000000000000000000000000000',
        private: '786a33a4f7af297a20e7642925932bf509e7070fa1bc36986af1eb13f4f50b55',
        shared: '0000000000000000000000000000000000000000000000000000000000000000',
        result: 'acceptable',
      },
    ],
  ],
};

/** The figures in the form of a file. */
export function figuresOf(file: string): WycheproofFile {
  const groups = ROWS[file]!.map(([group, one]) => ({
    ...group,
    tests: [{ flags: [], size: 0, ...one }],
  }));
  return { numberOfTests: groups.length, testGroups: groups };
}
