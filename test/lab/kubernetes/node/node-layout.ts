import { type LabSite, Layout } from '../../layout.js';
import { addressesOf } from './addresses.js';

/** Where a lab's parts are when its sites have nodes: the sites in networks of their own, the witness on this machine itself. */
export class NodeLayout extends Layout {
  override address(site: LabSite | 'outside'): string {
    if (site === 'a' || site === 'b') return addressesOf(this, site).node;
    return this.outsideAddresses()[site === 'w' ? 0 : 1];
  }

  override network(site: LabSite | 'outside'): string {
    if (site === 'a' || site === 'b') return addressesOf(this, site).network;
    return `${this.address(site)}/32`;
  }

  override loopbackAddresses(): string[] {
    return [];
  }

  override get everywhere(): string {
    return '10.0.0.0/8';
  }

  /** Of the witness, and of what is in no site: to be added to an interface of this machine. */
  outsideAddresses(): readonly [witness: string, outside: string] {
    const { lab } = addressesOf(this, 'a');
    return [`${lab}.3.1`, `${lab}.4.1`];
  }
}
