import { describe, expect, it } from '@jest/globals';
import { epoch } from '#libs/domain';
import { stampIn, stampText } from './stamp.js';

describe('the stamp beside a name', () => {
  it.each([
    ['by hand, or by an earlier version', { epoch: epoch(505) }, 'epoch=505'],
    [
      'by a run',
      { epoch: epoch(7), owner: { installation: 'prod', group: 'orders' } },
      'heritage=signalbox,installation=prod,group=orders,epoch=7',
    ],
  ])('written %s is read back', (_, stamp, text) => {
    expect(stampText(stamp)).toBe(text);
    expect(stampIn(text)).toEqual(stamp);
  });

  it.each([
    'heritage=external-dns,external-dns/owner=default',
    'v=spf1 -all',
    'epoch=7 ',
    'epoch=-1',
    'epoch=9999999999999999',
    'heritage=signalbox,installation=,group=orders,epoch=7',
    '',
  ])('is not %j', (text) => {
    expect(stampIn(text)).toBeUndefined();
  });
});
