import { openCluster, type ClusterAccess } from '#libs/kafka';
import type { BusCluster } from './multi-cluster.event-bus.js';

/** A real cluster as a part of the bus. */
export const busCluster = (access: ClusterAccess): BusCluster => {
  const writing = openCluster(access);
  return {
    cluster: access.cluster,
    toWrite: writing.log,
    openToRead: () => openCluster(access),
    close: () => writing.close(),
  };
};
