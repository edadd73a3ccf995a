import { KAFKA_SITES, type KafkaSite, type Layout } from '../../layout.js';

/** Of the networks that labs with nodes use: each has one of its own below 10/8, and no two meet. */
const FIRST_NETWORK = 200;
const WAN = 9;
const FIRST_POD_NETWORK = 100;

/** What `--service-cluster-ip-range` gives out, the same in every cluster: nobody outside it sees these. */
export const SERVICES = '10.96.0.0/16';
/** The API server's own service, always the first of them. */
export const API_SERVICE = '10.96.0.1';
export const DNS_SERVICE = '10.96.0.10';

/** Where a site with a node is reached, and by what. */
export interface SiteAddresses {
  /** What all addresses of one lab begin with. */
  readonly lab: string;
  /** This machine's end of the link to it: what tests come from, and what is outside of all sites. */
  readonly outside: string;
  readonly outsideInterface: string;
  /** The node's own. */
  readonly node: string;
  readonly network: string;
  /** Its end of the link to the other site. */
  readonly wan: string;
  readonly pods: string;
}

export function addressesOf(layout: Layout, site: KafkaSite): SiteAddresses {
  const lab = `10.${FIRST_NETWORK + layout.net}`;
  const number = KAFKA_SITES.indexOf(site) + 1;
  return {
    lab,
    outside: `${lab}.${number}.1`,
    // Names of interfaces have 15 characters at most.
    outsideInterface: `sbx${layout.net}${site}`,
    node: `${lab}.${number}.2`,
    network: `${lab}.${number}.0/24`,
    wan: `${lab}.${WAN}.${number}`,
    pods: `${lab}.${FIRST_POD_NETWORK + number}.0/24`,
  };
}
