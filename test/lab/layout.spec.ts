import { describe, expect, it } from '@jest/globals';
import { kafkaSiteNamed, Layout, siteNamed, SITES } from './layout.js';

describe(Layout, () => {
  it('puts the sites of lab 0 at 127.1, 127.2 and 127.3', () => {
    const layout = new Layout(0);
    expect(SITES.map((site) => layout.address(site))).toEqual(['127.1.0.1', '127.2.0.1', '127.3.0.1']);
    expect(layout.network('b')).toBe('127.2.0.0/16');
  });

  it('gives labs with different numbers nothing in common', () => {
    const places = (net: number) => {
      const layout = new Layout(net);
      return [
        layout.runDirectory,
        ...SITES.flatMap((site) => [layout.network(site), layout.gid(site)]),
        layout.network('outside'),
      ];
    };
    const all = Array.from({ length: 25 }, (_, net) => places(net)).flat();
    expect(new Set(all).size).toBe(all.length);
  });

  it('refuses a number whose addresses would not fit', () => {
    expect(() => new Layout(25)).toThrow('write a whole number from 0 to 24');
    expect(() => new Layout(Number('x'))).toThrow('write a whole number from 0 to 24');
  });
});

describe(siteNamed, () => {
  it('refuses a name that is no site and says which there are', () => {
    expect(siteNamed('w')).toBe('w');
    expect(() => siteNamed('c')).toThrow('no site "c": write one of a, b, w');
  });
});

describe(kafkaSiteNamed, () => {
  it('refuses the witness, which has no Kafka', () => {
    expect(() => kafkaSiteNamed('w')).toThrow('no Kafka at "w": write one of a, b');
  });
});
