/**
 * The examples of bundle protocol security in appendix A of RFC 9173, in the form of
 * dtn/bpsec-rfc9173.json, which has more bundles that follow from them.
 *
 * @module
 */

/** Signatures of targets. */
interface Integrity {
  readonly key: string;
  readonly shaVariant: number;
  readonly ippt: readonly string[];
  readonly mac: readonly string[];
  readonly asb: string;
}

/** Encryption of a target. */
interface Confidentiality {
  readonly contentKey: string;
  readonly keyEncryptionKey?: string;
  readonly wrappedKey?: string;
  readonly iv: string;
  readonly aad: readonly string[];
  readonly ciphertext?: readonly string[];
  readonly tag?: readonly string[];
  readonly asb: string;
}

/** A bundle before and after it is secured. */
export interface Example extends Partial<Integrity & Confidentiality> {
  readonly name: string;
  readonly before?: string;
  readonly after: string;
  readonly bib?: Integrity;
  readonly bcb?: Confidentiality;
}

/** The form of the file. */
export interface BpsecFile {
  readonly payloadText: string;
  readonly examples: readonly Example[];
  readonly scopeSweep: {
    readonly cases: readonly {
      readonly scopeFlags: number;
      readonly key: string;
      readonly primary: string;
      readonly ippt: string;
      readonly mac: string;
    }[];
  };
  readonly negative: readonly {
    readonly name: string;
    readonly hex: string;
    readonly key?: string;
    readonly keyEncryptionKey?: string;
  }[];
}

/**
 * RFC 9173 A.1 to A.3 as printed; A.1 with an HMAC over SHA-256, and under another key.
 */
export const RFC_9173: BpsecFile = {
  payloadText: 'Ready to generate a 32-byte payload',
  examples: [
    {
      name: 'A.1 simple integrity',
      key: '1a2b1a2b1a2b1a2b1a2b1a2b1a2b1a2b',
      shaVariant: 7,
      ippt: ['005823526561647920746f2067656e657261746520612033322d62797465207061796c6f6164'],
      mac: [
        '3bdc69b3a34a2b5d3a8554368bd1e808f606219d2a10a846eae3886ae4ecc83c4ee550fdfb1cc636b904e2f1' +
          'a73e303dcd4b6ccece003e95e8164dcc89a156e1',
      ],
      asb:
        '810101018202820201828201078203008181820158403bdc69b3a34a2b5d3a8554368bd1e808f606219d2a10' +
        'a846eae3886ae4ecc83c4ee550fdfb1cc636b904e2f1a73e303dcd4b6ccece003e95e8164dcc89a156e1',
      before:
        '9f88070000820282010282028202018202820201820018281a000f424085010100005823526561647920746f' +
        '2067656e657261746520612033322d62797465207061796c6f6164ff',
      after:
        '9f88070000820282010282028202018202820201820018281a000f4240850b02000058568101010182028202' +
        '01828201078203008181820158403bdc69b3a34a2b5d3a8554368bd1e808f606219d2a10a846eae3886ae4ec' +
        'c83c4ee550fdfb1cc636b904e2f1a73e303dcd4b6ccece003e95e8164dcc89a156e185010100005823526561' +
        '647920746f2067656e657261746520612033322d62797465207061796c6f6164ff',
    },
    {
      name: 'A.2 simple confidentiality with key wrap',
      asb:
        '8101020182028202018482014c5477656c76653132313231328202018203581869c411276fecddc4780df42c' +
        '8a2af89296fabf34d7fae7008204008181820150efa4b5ac0108e3816c5606479801bc04',
      contentKey: '71776572747975696f70617364666768',
      keyEncryptionKey: '6162636465666768696a6b6c6d6e6f70',
      wrappedKey: '69c411276fecddc4780df42c8a2af89296fabf34d7fae700',
      iv: '5477656c7665313231323132',
      aad: ['00'],
      ciphertext: ['3a09c1e63fe23a7f66a59c7303837241e070b02619fc59c5214a22f08cd70795e73e9a'],
      tag: ['efa4b5ac0108e3816c5606479801bc04'],
      before:
        '9f88070000820282010282028202018202820201820018281a000f424085010100005823526561647920746f' +
        '2067656e657261746520612033322d62797465207061796c6f6164ff',
      after:
        '9f88070000820282010282028202018202820201820018281a000f4240850c02010058508101020182028202' +
        '018482014c5477656c76653132313231328202018203581869c411276fecddc4780df42c8a2af89296fabf34' +
        'd7fae7008204008181820150efa4b5ac0108e3816c5606479801bc04850101000058233a09c1e63fe23a7f66' +
        'a59c7303837241e070b02619fc59c5214a22f08cd70795e73e9aff',
    },
    {
      name: 'A.3 two sources: BIB by ipn:3.0 over primary and age, BCB by ipn:2.1 over payload',
      before:
        '9f88070000820282010282028202018202820201820018281a000f424085070200004319012c850101000058' +
        '23526561647920746f2067656e657261746520612033322d62797465207061796c6f6164ff',
      after:
        '9f88070000820282010282028202018202820201820018281a000f4240850b030000585c8200020101820282' +
        '030082820105820300828182015820cac6ce8e4c5dae57988b757e49a6dd1431dc04763541b2845098265bc8' +
        '17241b81820158203ed614c0d97f49b3633627779aa18a338d212bf3c92b97759d9739cd50725596850c0401' +
        '0058348101020182028202018382014c5477656c76653132313231328202018204008181820150efa4b5ac01' +
        '08e3816c5606479801bc0485070200004319012c850101000058233a09c1e63fe23a7f66a59c7303837241e0' +
        '70b02619fc59c5214a22f08cd70795e73e9aff',
      bib: {
        key: '1a2b1a2b1a2b1a2b1a2b1a2b1a2b1a2b',
        shaVariant: 5,
        ippt: ['00581c88070000820282010282028202018202820201820018281a000f4240', '004319012c'],
        mac: [
          'cac6ce8e4c5dae57988b757e49a6dd1431dc04763541b2845098265bc817241b',
          '3ed614c0d97f49b3633627779aa18a338d212bf3c92b97759d9739cd50725596',
        ],
        asb:
          '8200020101820282030082820105820300828182015820cac6ce8e4c5dae57988b757e49a6dd1431dc047635' +
          '41b2845098265bc817241b81820158203ed614c0d97f49b3633627779aa18a338d212bf3c92b97759d9739cd' +
          '50725596',
      },
      bcb: {
        contentKey: '71776572747975696f70617364666768',
        iv: '5477656c7665313231323132',
        aad: ['00'],
        asb:
          '8101020182028202018382014c5477656c76653132313231328202018204008181820150efa4b5ac0108e381' +
          '6c5606479801bc04',
      },
    },
  ],
  scopeSweep: {
    cases: [
      {
        scopeFlags: 0,
        key: '1a2b1a2b1a2b1a2b1a2b1a2b1a2b1a2b',
        primary: '88070000820282010282028202018202820201820018281a000f4240',
        ippt: '005823526561647920746f2067656e657261746520612033322d62797465207061796c6f6164',
        mac: '79f52fc8c86c5cb6840a1c06d0ec3242121b65411b3a5d5cad9e3bf231c02585',
      },
    ],
  },
  negative: [
    {
      name: 'A.1 with the key of A.2',
      hex:
        '9f88070000820282010282028202018202820201820018281a000f4240850b02000058568101010182028202' +
        '01828201078203008181820158403bdc69b3a34a2b5d3a8554368bd1e808f606219d2a10a846eae3886ae4ec' +
        'c83c4ee550fdfb1cc636b904e2f1a73e303dcd4b6ccece003e95e8164dcc89a156e185010100005823526561' +
        '647920746f2067656e657261746520612033322d62797465207061796c6f6164ff',
    },
  ],
};
