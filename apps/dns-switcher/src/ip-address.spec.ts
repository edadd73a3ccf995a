import { describe, expect, it } from '@jest/globals';
import { addressBytes, canonicalAddress } from './ip-address.js';

describe('an IP address', () => {
  it.each([
    ['192.0.2.10', '192.0.2.10', 'c000020a'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1', '20010db8000000000000000000000001'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:3:4:5:6', '20010db8000100020003000400050006'],
    ['fe80::0:1:0', 'fe80::1:0', 'fe800000000000000000000000010000'],
    ['::', '::', '00000000000000000000000000000000'],
    ['::ffff:192.0.2.1', '::ffff:c000:201', '00000000000000000000ffffc0000201'],
  ])('%s is spelled %s and travels as %s', (address, spelled, bytes) => {
    expect(canonicalAddress(address)).toBe(spelled);
    expect(addressBytes(spelled).toString('hex')).toBe(bytes);
  });
});
