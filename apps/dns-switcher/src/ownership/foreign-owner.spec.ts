import { describe, expect, it } from '@jest/globals';
import { ownerIn, type SaidOwner } from './foreign-owner.js';

describe('whom a text names', () => {
  it.each<[string, SaidOwner | undefined]>([
    [
      'heritage=external-dns,external-dns/owner=cluster-1,external-dns/resource=service/kafka/bootstrap',
      { name: 'external-dns/cluster-1', resource: 'service/kafka/bootstrap' },
    ],
    ['"heritage=external-dns,external-dns/owner=default"', { name: 'external-dns/default' }],
    ['heritage=external-dns', { name: 'external-dns/' }],
    ['heritage=signalbox,installation=prod,group=orders,epoch=7', { name: 'signalbox/prod/orders' }],
    ['heritage=mate,mate/owner=x', { name: 'mate' }],
    ['epoch=7', undefined],
    ['v=spf1 -all', undefined],
    ['heritage=', undefined],
    ['=heritage', undefined],
    ['', undefined],
  ])('%s', (text, owner) => {
    expect(ownerIn(text)).toEqual(owner);
  });
});
